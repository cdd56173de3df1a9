"""Join codes, which are said aloud and typed, and secrets, which nobody can guess."""

import hashlib
import re
import secrets

from nnlib.classroom.errors import NotAllowed

# No two of these look or sound alike on a projector: neither 0 and O nor 1, I and L, 2 and Z, 5 and S, 8 and B, U and V.
LETTERS = "ACDEFGHJKMNPQRTUWXY34679"
LENGTH = 6  # 190 million codes; wrong ones are limited by address, see rate_limit.py
HALF = LENGTH // 2
SECRET = re.compile(r"[\w-]{20,60}", re.ASCII)


def new_code() -> str:
    """Return a random join code."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def spaced(code: str) -> str:
    """Return a code as it is shown: in two halves."""
    return f"{code[:HALF]} {code[HALF:]}"


def read_code(text: object) -> str:
    """Return the code in a text that somebody typed: small letters, spaces and hyphens do not matter. Raises NotAllowed."""
    code = re.sub(r"[\s-]", "", text).upper() if isinstance(text, str) and len(text) <= 40 else ""
    if len(code) != LENGTH or not set(code) <= set(LETTERS):
        raise NotAllowed(f"A code has {LENGTH} letters and digits, such as {spaced('KMT4RW')}: look at the projector again.")
    return code


def new_secret() -> str:
    """Return a secret of 192 random bits: of a teacher, or of a member's browser."""
    return secrets.token_urlsafe(24)


def digest(secret: object) -> str:
    """Return what the database stores of a secret, and finds it by.

    The time of a comparison tells nothing about a secret, because nobody knows the digest of one that they guess a part of.
    Whoever reads the database learns no secret.
    """
    text = secret if isinstance(secret, str) and SECRET.fullmatch(secret) else ""
    return hashlib.sha256(text.encode()).hexdigest()
