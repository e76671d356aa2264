import Glibc
import NIOCore

extension Channel {
    /// Makes the next close a reset, by refusing to wait for what is still unsent.
    func lingerForNothing() async {
        guard let options = self as? any SocketOptionProvider else { return }
        try? await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
}
