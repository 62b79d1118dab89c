"""The photos that people of the demonstration send: drawn from their number whenever they are asked for."""

import hashlib
import io
import secrets
from functools import lru_cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 360
CONTENT_TYPE = "image/jpeg"


def new_number() -> str:
    """The number of a new photo: 15 digits, as WhatsApp numbers media."""
    return str(secrets.randbelow(9 * 10**14) + 10**14)


@lru_cache(maxsize=64)
def picture(number: str) -> bytes:
    """The photo of a number, as JPEG: an electricity meter on a wall. Always the same one."""
    digest = hashlib.sha256(number.encode()).digest()
    wall = (150 + digest[0] % 80, 150 + digest[1] % 80, 140 + digest[2] % 80)
    image = Image.new("RGB", (WIDTH, HEIGHT), wall)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((130, 40, 350, 320), 18, fill="#eef1f0", outline="#334", width=4)
    draw.rectangle((165, 90, 315, 150), fill="#10201c")
    draw.text((190, 100), f"{int.from_bytes(digest[3:6]) % 10**6:06d}", "#7df0c0", font_size=32)
    draw.ellipse((205, 190, 275, 260), outline="#a8201a", width=6)
    draw.line((240, 225, 262, 205), fill="#a8201a", width=4)
    draw.text((190, 285), number, "#334", font_size=14)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=70)
    return written.getvalue()


def sha256(number: str) -> str:
    """Its checksum, hexadecimal."""
    return hashlib.sha256(picture(number)).hexdigest()
