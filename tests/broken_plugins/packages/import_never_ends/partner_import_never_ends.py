"""Exhausts the stack when it is imported."""


def again(depth: int) -> int:
    return again(depth + 1)


again(0)
