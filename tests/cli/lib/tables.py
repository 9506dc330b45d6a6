"""The checksum of a sweep's rows (spec/formats.md), computed by Python's zlib, for tests that make or change tables."""
import zlib


def grid_of(head):
    """The grid of a table's first line, CSV or JSON lines."""
    return head.split("grid=")[1].strip() if head.startswith("#") else head.split('"grid": "')[1].split('"')[0]


def check_of(head, row):
    """The eight digits for `row`, which ends where they begin."""
    return "%08x" % zlib.crc32(row.encode(), zlib.crc32(grid_of(head).encode()))


def before(row):
    """A row up to the digits of its checksum."""
    return row[:-10] if row.endswith('"}') else row[:-8]


def signed(head, row):
    """The row with the digits that belong to its text."""
    return before(row) + check_of(head, before(row)) + row[len(before(row)) + 8:]
