#!/bin/sh
# Checks every import line of Sources against the import rule (docs/architecture.md).
#
#   sh Tests/imports.sh [SOURCES]     one line "file:line: ..." for each breach, exit 1
#   sh Tests/imports.sh --self-check  shows that it fails on bad lines
set -eu

# Modules that each target may import; "*" is anything but what stands after "not".
rules() {
    cat <<'RULES'
LarkiveCore
LarkiveFeishu  LarkiveCore AsyncHTTPClient NIO* FoundationEssentials Synchronization Glibc
LarkiveVault   LarkiveCore CLinux CZlib Crypto Dispatch GRDB SystemPackage FoundationEssentials Swift Synchronization
LarkiveTesting LarkiveCore Testing FoundationEssentials Synchronization Glibc
larkive        * not FeishuSandbox LarkiveTesting
larkive-benchmarks LarkiveCore LarkiveVault ArgumentParser SystemPackage FoundationEssentials
FeishuSandbox  * not larkive LarkiveCore LarkiveFeishu LarkiveVault LarkiveTesting
feishu-sandbox * not larkive LarkiveCore LarkiveFeishu LarkiveVault LarkiveTesting
RULES
}

check() {
    rules >"$work/rules"
    find "$1" -name '*.swift' -type f | sort >"$work/files"
    [ -s "$work/files" ] || { echo "imports: no Swift files in $1" >&2; return 1; }
    awk -v top="$1/" '
        FNR == NR { rule[$1] = $0; known[$1] = 1; next }
        function allows(target, module,    words, count, i, denies) {
            count = split(rule[target], words, " ")
            for (i = 2; i <= count; i++) {
                if (words[i] == "not") { denies = 1; continue }
                if (words[i] == module) return !denies
                if (words[i] == "NIO*" && module ~ /^NIO/) return 1
            }
            return words[2] == "*"
        }
        function breach(text) { print file ":" line ": " text; bad = 1 }
        {
            file = $0; line = 0
            target = substr(file, length(top) + 1); sub(/\/.*/, "", target)
            if (!(target in known)) breach("no rule for target " target)
            while ((getline text < file) > 0) {
                line++
                if (text !~ /^[ \t]*((@[A-Za-z_]+(\([^)]*\))?|public|package|internal|fileprivate|private)[ \t]+)*import[ \t]+[A-Za-z_]/) continue
                sub(/^.*import[ \t]+((struct|class|enum|protocol|typealias|func|let|var|actor)[ \t]+)?/, "", text)
                module = text; sub(/[^A-Za-z0-9_].*/, "", module)
                if (text ~ /;/) breach("one import on a line, please")
                if (module == "Foundation" && file == top "LarkiveVault/Search/Fold.swift") continue
                if (target in known && !allows(target, module)) breach(target " must not import " module)
                if (module == "AsyncHTTPClient" && client != file) {
                    if (client != "") breach("AsyncHTTPClient is imported by " client " already")
                    client = file
                }
            }
            close(file)
        }
        END { exit bad }
    ' "$work/rules" "$work/files"
}

expect() {  # FILE LINE WORDS: a tree with this one line gives a breach with these words
    rm -rf "$work/tree"
    mkdir -p "$work/tree/$(dirname "$1")"
    printf 'internal import LarkiveCore\n%s\n' "$2" >"$work/tree/$1"
    case $1 in LarkiveCore/* | *andbox/*) printf '%s\n' "$2" >"$work/tree/$1" ;; esac
    found=$(check "$work/tree") && status=0 || status=$?
    case $status:$found in
    $3*) passed=$((passed + 1)) ;;
    *) echo "imports: self-check: $1: $2: status $status, $found" >&2; exit 1 ;;
    esac
}

self_check() {
    passed=0
    expect LarkiveCore/A.swift 'import Foundation' '1:*A.swift:1: LarkiveCore must not import Foundation'
    expect LarkiveCore/B/A.swift 'internal import LarkiveVault' '1:'
    expect LarkiveCore/A.swift 'struct A {}' '0:'
    expect LarkiveCore/A.swift '// import Foundation' '0:'
    expect LarkiveFeishu/A.swift 'package import LarkiveVault' '1:*A.swift:2: LarkiveFeishu must not import LarkiveVault'
    expect LarkiveFeishu/A.swift '@preconcurrency internal import NIOCore' '0:'
    expect LarkiveFeishu/A.swift 'import Foundation' '1:'
    expect LarkiveFeishu/A.swift 'import FoundationEssentials' '0:'
    expect LarkiveVault/A.swift '  @_spi(X) private import AsyncHTTPClient' '1:'
    expect LarkiveVault/A.swift 'import struct Foundation.Date' '1:'
    expect LarkiveVault/Search/A.swift 'import Foundation' '1:'
    expect LarkiveVault/Search/Fold.swift 'internal import Foundation' '0:'
    expect LarkiveVault/A.swift 'import CZlib; import Foundation' '1:'
    expect larkive/A.swift 'import FeishuSandbox' '1:'
    expect larkive/A.swift 'import Yams' '0:'
    expect FeishuSandbox/A.swift 'import LarkiveCore' '1:'
    expect feishu-sandbox/A.swift 'import LarkiveFeishu' '1:'
    expect feishu-sandbox/A.swift 'import FeishuSandbox' '0:'
    expect Other/A.swift 'import Yams' '1:'
    rm -rf "$work/tree"
    mkdir -p "$work/tree/LarkiveFeishu"
    for name in A B; do echo 'import AsyncHTTPClient' >"$work/tree/LarkiveFeishu/$name.swift"; done
    if check "$work/tree" >/dev/null; then echo "imports: self-check: two HTTP files pass" >&2; exit 1; fi
    echo "imports: self-check: $((passed + 1)) passed, 0 failed"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "${1:-}" = --self-check ]; then
    self_check
else
    sources=${1:-$(dirname "$0")/../Sources}
    check "${sources%/}"
    echo "imports: $(wc -l <"$work/files" | tr -d ' ') files follow the rule"
fi
