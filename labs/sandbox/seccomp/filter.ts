/**
 * The seccomp filter of a host, as classic BPF for `bwrap --seccomp`: an allow-list on x86-64. Source of the layout:
 * linux/seccomp.h (struct seccomp_data: nr at 0, arch at 4, args of 64 bits from 16) and linux/filter.h.
 */
import { ALLOWED } from './calls.ts'

const LOAD = 0x20
const JUMP_EQUAL = 0x15
const JUMP_GREATER = 0x25
const JUMP_GREATER_OR_EQUAL = 0x35
const JUMP_BITS = 0x45
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const errno = (number: number) => 0x00050000 | number
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

const NUMBER = 0
const ARCHITECTURE = 4
/** Low 32 bits of an argument: the kernel ignores the high half of those that are compared here. */
const argument = (index: number) => 16 + index * 8

const AUDIT_ARCH_X86_64 = 0xc000003e
const X32_BIT = 0x40000000
const CLONE = 56
const CLONE3 = 435
const IOCTL = 16
const SOCKET = 41
const PERSONALITY = 135
/** Kernels that are newer than this table: programs ask, and fall back when told that a call does not exist. */
const LAST_KNOWN = 450

/** CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID and NET; the bit of NEWTIME means a signal here, and clone3 is refused */
const CLONE_NEW = 0x7e020000
/** TIOCSTI and TIOCLINUX put keys into a terminal that another process reads. */
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
/** AF_UNIX, AF_INET, AF_NETLINK (ss and ip ask it) and AF_INET6 */
const FAMILIES = [1, 2, 16, 10]
/** PER_LINUX, UNAME26, ADDR_NO_RANDOMIZE, both, and "what is it" */
const PERSONALITIES = [0x0, 0x0020000, 0x0040000, 0x0060000, 0xffffffff]

type Instruction = [code: number, whenTrue: number, whenFalse: number, value: number]

/** @returns the filter's bytes: 8 an instruction */
export function seccompFilter(): Buffer {
  const program: Instruction[] = []
  const add = (code: number, value: number, whenTrue = 0, whenFalse = 0) =>
    program.push([code, whenTrue, whenFalse, value])
  const answer = (value: number) => add(RETURN, value)
  /** Runs `then` where the call is this one; it must end in an answer. */
  const call = (number: number, then: () => void) => {
    const at = program.length
    add(JUMP_EQUAL, number)
    then()
    program[at]![2] = program.length - at - 1
  }

  add(LOAD, ARCHITECTURE)
  add(JUMP_EQUAL, AUDIT_ARCH_X86_64, 1, 0)
  answer(KILL_PROCESS)
  add(LOAD, NUMBER)
  add(JUMP_GREATER_OR_EQUAL, X32_BIT, 0, 1)
  answer(errno(ENOSYS))

  // Its flags are behind a pointer, which a filter cannot follow; libc falls back to clone.
  call(CLONE3, () => answer(errno(ENOSYS)))
  call(CLONE, () => {
    add(LOAD, argument(0))
    add(JUMP_BITS, CLONE_NEW, 0, 1)
    answer(errno(EPERM))
    answer(ALLOW)
  })
  call(IOCTL, () => {
    add(LOAD, argument(1))
    add(JUMP_EQUAL, TIOCSTI, 1, 0)
    add(JUMP_EQUAL, TIOCLINUX, 0, 1)
    answer(errno(EPERM))
    answer(ALLOW)
  })
  call(SOCKET, () => oneOf(FAMILIES, EAFNOSUPPORT))
  call(PERSONALITY, () => oneOf(PERSONALITIES, EPERM))
  for (const { first, last } of ranges(ALLOWED.flatMap(({ calls }) => Object.values(calls)))) {
    add(JUMP_GREATER_OR_EQUAL, first, 0, 2)
    add(JUMP_GREATER, last, 1, 0)
    answer(ALLOW)
  }
  add(JUMP_GREATER, LAST_KNOWN, 0, 1)
  answer(errno(ENOSYS))
  answer(errno(EPERM))

  function oneOf(values: number[], refusal: number): void {
    add(LOAD, argument(0))
    values.forEach((value, index) => {
      add(JUMP_EQUAL, value, values.length - index, 0)
    })
    answer(errno(refusal))
    answer(ALLOW)
  }
  return assemble(program)
}

/** Neighbouring numbers as ranges: the kernel walks the list at every call. */
function ranges(numbers: number[]): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const open = found.at(-1)
    if (open && number <= open.last + 1) open.last = number
    else found.push({ first: number, last: number })
  }
  return found
}

function assemble(program: Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  for (const [index, [code, whenTrue, whenFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(whenTrue, index * 8 + 2)
    bytes.writeUInt8(whenFalse, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  }
  return bytes
}
