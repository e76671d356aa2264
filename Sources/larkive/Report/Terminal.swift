import LarkiveCore
import LarkiveVault
import SystemPackage
import Glibc

/// Where words go: results to standard output, all else to standard error as `larkive: …`.
enum Terminal {
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func print(_ line: String) { write(line + "\n", to: .standardOutput) }
    static func print(_ value: JSON) { print(JSONWriter.shownText(of: value)) }

    /// As ``print(_:)``, for those that go on where the output is lost.
    static func failure(printing line: String) -> Errno? {
        do {
            try FileDescriptor.standardOutput.writeAll("\(line)\n".utf8)
        } catch let failure as Errno {
            return failure == .brokenPipe ? nil : failure
        } catch { return .ioError }
        return nil
    }

    /// What is handed out, not told: throws `gone` for a reader that has left before its end.
    static func give(_ bytes: [UInt8], whenGone gone: any Error) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw gone
        } catch let failure as Errno {
            throw VaultError(
                failure == .noSpace || failure == .fileTooLarge ? .noSpace : .notWritable,
                "standard output cannot be written: \(failure)",
                hint: "what has been written is not the whole"
            )
        }
    }

    static func note(_ line: String) { write("larkive: \(line)\n", to: .standardError) }
    static func raw(_ text: String) { write(text, to: .standardError) }

    /// Says what is wrong and, on a line of its own, what to do.
    static func complain(_ message: String, hint: String?) {
        note(message.shown)
        if let hint { note("hint: \(hint.shown)") }
    }

    /// A reader that has seen enough is no error; output that is lost is one.
    private static func write(_ text: String, to file: FileDescriptor) {
        do {
            try file.writeAll(text.utf8)
        } catch Errno.brokenPipe {
        } catch  where file == .standardError {
            // There is nobody left to tell.
        } catch {
            note("cannot write the output: \(error)")
            Glibc.exit(LarkiveCore.ExitCode.space.rawValue)
        }
    }
}

/// Figures as people read them.
enum Figures {
    static func bytes(_ count: Int64) -> String {
        guard count >= 1_024 else { return "\(count) B" }
        var (value, unit) = (Double(count), 0)
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        while value >= 1_024, unit < units.count - 1 { (value, unit) = (value / 1_024, unit + 1) }
        return "\(oneDecimal(value)) \(units[unit])"
    }

    static func oneDecimal(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return "\(oneDecimal(seconds)) s" }
        let whole = Int64(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3_600) h \(whole / 60 % 60) min"
    }

    static func count(_ number: Int64, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
