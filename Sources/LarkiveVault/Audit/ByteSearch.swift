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

    /// How many bytes stand before the first that is this one; all where none is.
    func place(of byte: UInt8) -> Int {
        withUnsafeBytes { here in
            // Of no bytes there is no address.
            here.baseAddress.map { lk_first($0, here.count, byte) } ?? 0
        }
    }
}
