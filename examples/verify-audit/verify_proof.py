"""Verifies a proof that `larkive audit prove` printed, without larkive and without the archive."""
import argparse, base64, hashlib, sys
from pathlib import Path
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def decode(text): return base64.b64decode(text, validate=True)

def read_key(text):
    """The name, the key id and the public key of a C2SP verifier key."""
    name, key_id, blob = text.strip().split("+", 2)
    blob = decode(blob)
    if blob[:1] + sha256(name.encode(), b"\n", blob)[:4] != b"\1" + bytes.fromhex(key_id): raise ValueError("bad key")
    return name, bytes.fromhex(key_id), Ed25519PublicKey.from_public_bytes(blob[1:])

def read_note(text, keys):
    """The size and the root that one of the keys has signed."""
    signed, _, signature = text.partition("\n\n")
    (origin, size, root), (dash, name, blob) = signed.split("\n"), signature.removesuffix("\n").split(" ")
    blob = decode(blob)
    for owner, key_id, key in keys:
        if (owner, owner, key_id, "\u2014") != (origin, name, blob[:4], dash): continue
        key.verify(blob[4:], signed.encode() + b"\n")
        return int(size), decode(root)
    raise ValueError("the note is not signed by the key given")

def read_proof(text):
    """Record, place, hashes and note of a C2SP tlog-proof."""
    head, _, note = text.partition("\n\n")
    first, extra, index, *hashes = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or extra[:6] != "extra " or index[:6] != "index ": raise ValueError("not a proof")
    return decode(extra[6:]), int(index[6:]), [decode(line) for line in hashes], note

def root_from(leaf, index, size, hashes):
    """RFC 9162, 2.1.3.2: what the leaf and the hashes lead to."""
    last, hash = size - 1, leaf
    if not 0 <= index <= last: raise ValueError("the record is not among those that are signed")
    for other in hashes:
        if last == 0: raise ValueError("the proof is too long")
        if index & 1 or index == last:
            hash = sha256(b"\1", other, hash)
            while not index & 1 and index: index, last = index >> 1, last >> 1
        else: hash = sha256(b"\1", hash, other)
        index, last = index >> 1, last >> 1
    if last: raise ValueError("the proof is too short")
    return hash

def main(proof, key, file):
    text = sys.stdin.read() if str(proof) == "-" else proof.read_text("utf-8")
    keys = [read_key(Path(text).read_text() if Path(text).is_file() else text) for text in key]
    marks = text.split("c2sp.org/tlog-proof@v1\n")[1:]
    if not marks: raise ValueError("there is no proof")
    for mark in marks:
        record, index, hashes, note = read_proof("c2sp.org/tlog-proof@v1\n" + mark.rstrip("\n") + "\n")
        size, root = read_note(note, keys)
        if root_from(sha256(b"\0", record), index, size, hashes) != root: raise ValueError(f"record {index} is not in the log")
        if file and f'"sha256":"{sha256(file.read_bytes()).hex()}"' not in record.decode():
            raise ValueError(f"record {index} does not speak of {file}")
        print(f"OK record={index} of {size}\n{record.decode()}")

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("proof", type=Path, help="a file, or - for standard input")
parser.add_argument("--key", action="append", required=True, metavar="VKEY", help="a key that you trust, or its file")
parser.add_argument("--file", type=Path, help="the bytes of which the record must speak")
try: main(**vars(parser.parse_args()))
except (ValueError, OSError, InvalidSignature) as error: sys.exit(f"NOT OK: {str(error) or 'wrong signature'}")
