"""What a contained plugin's process may not do, set by itself before it imports anything of the plugin's.

Linux's own means, where the kernel has them: it cannot start another process, reach the network, touch another process,
or open a file outside the Python installation and its own folder; it ends with the hub. Elsewhere its limits remain.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from errno import ENOSYS, EPERM
from pathlib import Path

MEGABYTE = 1_000_000

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_FILTER = 2

# Linux's numbers of system calls, by machine: include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl.
_MACHINES = {
    "x86_64": (
        0xC000003E,
        {"clone": 56, "clone3": 435, "prlimit64": 302},
        # fork, vfork, execve, execveat, socket, connect, bind, listen, ptrace, kill, tkill, tgkill, setsid, setpgid,
        # process_vm_readv, process_vm_writev, pidfd_send_signal, pidfd_open, pidfd_getfd, unshare, setns, mount, bpf,
        # io_uring_setup, keyctl
        (
            57,
            58,
            59,
            322,
            41,
            42,
            49,
            50,
            101,
            62,
            200,
            234,
            112,
            109,
            310,
            311,
            424,
            434,
            438,
            272,
            308,
            165,
            321,
            425,
            250,
        ),
    ),
    "aarch64": (
        0xC00000B7,
        {"clone": 220, "clone3": 435, "prlimit64": 261},
        (
            221,
            281,
            198,
            203,
            200,
            201,
            117,
            129,
            130,
            131,
            157,
            154,
            270,
            271,
            424,
            434,
            438,
            97,
            268,
            40,
            280,
            425,
            219,
        ),
    ),
}
_CLONE_THREAD = 0x10000
_X32 = 0x40000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _FIRST_AT = 0, 4, 16  # in struct seccomp_data
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # Landlock's calls, the same on every machine
_READS_FILE, _READS = 0b101, 0b1101  # execute and read files; and list folders
_WRITES_FILE = 0b110
_FILE_RIGHTS = ((1, 0x1FFF), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))  # by the version that brought them
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Confines:
    """How far a contained plugin's process may go.

    memory: bytes of its address space; file: bytes of one file that it writes; processor_s: of its whole life, after which
    another takes its place.
    """

    memory: int = 2_000 * MEGABYTE
    file: int = 20 * MEGABYTE
    processor_s: int = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the kernel of this machine keeps a contained plugin from."""

    processes_and_network: bool
    files: bool


def end_with(parent: int) -> None:
    """End this process when the thread that started it ends; at once where its parent has ended already."""
    _library().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def confine(confines: Confines, *, readable: Iterable[str], own: str) -> Kept:
    """Confine this process for good; readable: files and folders it may read; own: the folder it may write to."""
    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, confines.memory),
        (resource.RLIMIT_FSIZE, confines.file),
        (resource.RLIMIT_CPU, confines.processor_s),
    ):
        resource.setrlimit(which, (most, most))
    library = _library()
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    kept = Kept(files=_keep_to(library, readable, own), processes_and_network=_keep_alone(library))
    if not kept.processes_and_network:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))  # coarser: no thread of its own, either
    return kept


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)  # addresses are longer than an int
    return library


def _keep_alone(library: ctypes.CDLL) -> bool:
    """Refuse the system calls that start processes, reach the network or touch other processes."""
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    program = _program(*known)
    kept = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(kept)))
    return bool(library.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.addressof(head), 0, 0) == 0)


def _program(machine: int, by_name: dict[str, int], refused: Iterable[int]) -> bytes:
    """Return the filter: what it does not name is allowed."""

    def step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_so, if_not, value)

    no, allow = step(_RETURN, _ERRNO | EPERM), step(_RETURN, _ALLOW)
    first = step(_LOAD, _FIRST_AT)
    steps = [
        step(_LOAD, _MACHINE_AT),
        step(_EQUAL, machine, 1, 0),
        step(_RETURN, _KILL),
        step(_LOAD, _NUMBER_AT),
        step(_AT_LEAST, _X32, 0, 1),
        no,
        # A clone that makes a thread is allowed, one that makes a process is not.
        step(_EQUAL, by_name["clone"], 0, 4),
        first,
        step(_ANY_BIT, _CLONE_THREAD, 0, 1),
        allow,
        no,
        # The C library falls back to clone.
        step(_EQUAL, by_name["clone3"], 0, 1),
        step(_RETURN, _ERRNO | ENOSYS),
        # Its own limits may be read, those of other processes may not be touched.
        step(_EQUAL, by_name["prlimit64"], 0, 4),
        first,
        step(_EQUAL, 0, 0, 1),
        allow,
        no,
    ]
    for number in refused:
        steps += [step(_EQUAL, number, 0, 1), no]
    return b"".join([*steps, allow])


def _keep_to(library: ctypes.CDLL, readable: Iterable[str], own: str) -> bool:
    """Refuse files and folders other than these."""
    version = library.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    every = sum(rights for since, rights in _FILE_RIGHTS if version >= since)
    asked = [every, *([0b11] if version >= _NETWORK_SINCE else []), *([0b11] if version >= _SCOPES_SINCE else [])]
    attributes = struct.pack(f"{len(asked)}Q", *asked)
    rules = library.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(library, rules, path, _READS)
        _allow(library, rules, own, every)
        _allow(library, rules, os.devnull, _READS_FILE | _WRITES_FILE)
        return bool(library.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(library: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there cannot be read
        return
    try:
        allowed = rights if Path(path).is_dir() else rights & (_READS_FILE | _WRITES_FILE)
        library.syscall(_ADD_RULE, rules, 1, struct.pack("=Qi", allowed, opened), 0)
    finally:
        os.close(opened)
