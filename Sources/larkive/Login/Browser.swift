import Glibc

/// The desktop's browser, where there is a desktop.
enum Browser {
    static func isThere(_ environment: [String: String]) -> Bool {
        ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
    }

    /// Opens an address as well as it can; the address is printed in any case.
    static func open(_ url: String) {
        var words = [strdup("xdg-open"), strdup(url), nil]
        defer { for word in words { free(word) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var child: pid_t = 0
        _ = posix_spawnp(&child, "xdg-open", &actions, nil, &words, environ)
    }
}
