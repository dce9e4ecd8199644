"""Sets of numbered things as whole numbers: bit n says whether the nth is in it."""


def bits(numbers, size):
    """The set of these numbers, all below `size`."""
    made = bytearray(size // 8 + 1)
    for number in numbers:
        made[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(made, "little")


def numbers(mask):
    """The numbers of a set, in order."""
    for place, byte in enumerate(mask.to_bytes((mask.bit_length() + 7) // 8, "little")):
        if byte:
            for number in _IN_BYTE[byte]:
                yield place * 8 + number


#: The numbers of the bits of each byte.
_IN_BYTE = [tuple(n for n in range(8) if byte >> n & 1) for byte in range(256)]
