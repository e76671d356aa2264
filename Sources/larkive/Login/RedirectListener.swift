import Glibc
import LarkiveCore

/// Listens on 127.0.0.1 for a browser that comes back, and for an address that somebody pastes.
///
/// Speaks as much HTTP as one redirect needs. Browsers open connections in advance and ask for
/// icons: each connection is read on its own, and none holds up another.
final class RedirectListener {
    private static let queue: Int32 = 16

    let port: UInt16
    private let socket: Int32
    private var visitors: [IncomingText] = []
    private var pasted: IncomingText?

    /// Port 0 takes any that is free.
    init(port: UInt16, readsInput: Bool) throws(UsageError) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        pasted = readsInput ? IncomingText(STDIN_FILENO) : nil
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        guard Self.bind(socket, address), listen(socket, Self.queue) == 0,
            let found = Self.port(of: socket)
        else {
            close(socket)
            throw UsageError(
                "cannot listen on 127.0.0.1, port \(port): \(String(cString: strerror(errno)))",
                hint: "choose another one with --port, and register its redirect URL"
            )
        }
        self.port = found
    }

    deinit {
        for index in visitors.indices { visitors[index].close() }
        close(socket)
    }

    private static func bind(_ socket: Int32, _ address: sockaddr_in) -> Bool {
        withUnsafeBytes(of: address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                Glibc.bind(socket, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func port(of socket: Int32) -> UInt16? {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                getsockname(socket, $0.baseAddress, &size)
            }
        }
        return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }

    // MARK: waiting

    /// Calls `answer` for each target that is asked for, or line that is pasted, until it returns
    /// something; nil when the seconds are over.
    ///
    /// A visitor is shown the page that comes with the answer.
    func wait<Found>(
        seconds: Int,
        _ answer: (String) -> (found: Found?, page: LoginPage)
    ) -> Found? {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while clock.now < end {
            guard let ready = look(for: (end - clock.now)) else { continue }
            if let found = serve(ready, answer) { return found }
        }
        return nil
    }

    /// The descriptors that have something to read.
    private func look(for patience: Duration) -> Set<Int32>? {
        let sources = [socket] + visitors.map(\.descriptor) + (pasted.map { [$0.descriptor] } ?? [])
        var polled = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let rest = Int32(min(patience / .milliseconds(1) + 1, 60_000))
        guard poll(&polled, nfds_t(polled.count), rest) > 0 else { return nil }
        return Set(polled.filter { $0.revents != 0 }.map(\.fd))
    }

    private func serve<Found>(
        _ ready: Set<Int32>,
        _ answer: (String) -> (found: Found?, page: LoginPage)
    ) -> Found? {
        if ready.contains(socket) {
            let visitor = accept(socket, nil, nil)
            if visitor >= 0 { visitors.append(IncomingText(visitor)) }
        }
        if let found = servePasted(ready, answer) { return found }
        for index in visitors.indices where ready.contains(visitors[index].descriptor) {
            visitors[index].take()
            guard let target = HTTPTarget.read(visitors[index]) else { continue }
            let (found, page) = answer(target)
            page.send(to: visitors[index].descriptor)
            visitors[index].close()
            if let found { return found }
        }
        for index in visitors.indices where visitors[index].isOver { visitors[index].close() }
        visitors.removeAll(where: \.isClosed)
        return nil
    }

    private func servePasted<Found>(
        _ ready: Set<Int32>,
        _ answer: (String) -> (found: Found?, page: LoginPage)
    ) -> Found? {
        guard var input = pasted, ready.contains(input.descriptor) else { return nil }
        input.take()
        defer { pasted = input.isOver ? nil : input }
        while let line = input.line() {
            if let found = answer(line).found { return found }
        }
        return nil
    }
}
