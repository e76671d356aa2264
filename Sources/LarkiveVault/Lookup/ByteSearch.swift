internal import CLinux

extension ArraySlice<UInt8> {
    /// Whether these bytes stand in it, one after the other; as fast as the C library can tell.
    func holds(_ needle: [UInt8]) -> Bool {
        withUnsafeBytes { here in
            needle.withUnsafeBytes { wanted in
                lk_holds(here.baseAddress, here.count, wanted.baseAddress, wanted.count) != 0
            }
        }
    }
}
