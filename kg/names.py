"""Names and IRIs: namespaces, minting, and the normal form under which names are compared.

Things keep their Chinese names readable inside the IRI. Only the characters that an IRI path segment may not hold
are percent-encoded, so that minting is injective: two different names never share an IRI (names that differ only in how Unicode composes
the same characters are one name).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

GY = "https://w3id.org/gongyue/ontology#"
SCHEME = "https://w3id.org/gongyue/scheme/"
BASE = "https://w3id.org/gongyue/"
ID = BASE + "id/"
SOURCE = BASE + "source/"
DERIVED_GRAPH = BASE + "graph/derived"
# Below it stand the results of analyses: computed, never counted as recorded.
ANALYSIS_GRAPHS = BASE + "graph/analysis/"

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
PROV = "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: dict[str, str] = {
    "gy": GY,
    "scheme": SCHEME,
    "id": ID,
    "source": SOURCE,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": XSD,
    "skos": SKOS,
    "dcterms": DCTERMS,
    "dcat": DCAT,
    "org": "http://www.w3.org/ns/org#",
    "rov": "http://www.w3.org/ns/regorg#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
}

# RFC 3987 forbids these in the path of an IRI; "/", "?", "#" would end the segment and "%" would start an escape.
_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0xF0000, 0x10000)
)
_RESERVED = re.compile(
    r'[\x00-\x20\x7f-\xa0<>"{}|\\^`%/?#\[\]\u2028\u2029\u3000\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\ufffd'
    rf"{_NONCHARACTERS}\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SPACES = re.compile(r"\s+")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
EMPTY_SEGMENT = "~"
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\ud800-\udfff]')
# Windows takes these for devices, whatever suffix follows the first dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
# Most systems take 255 bytes; a suffix, a mark and the name of a draft have to fit as well.
_LONGEST_FILE = 200


@lru_cache(maxsize=1 << 16)
def segment(text: str) -> str:
    """Return ``text`` as one IRI path segment.

    >>> segment("辽宁 A/B")
    '辽宁%20A%2FB'
    >>> segment("")
    '~'
    """
    if text in ("", EMPTY_SEGMENT, ".", ".."):
        return EMPTY_SEGMENT if text == "" else "".join(f"%{byte:02X}" for byte in text.encode())
    composed = unicodedata.normalize("NFC", text)
    return _RESERVED.sub(lambda m: "".join(f"%{byte:02X}" for byte in m.group().encode()), composed)


def file_stem(text: str) -> str:
    """Return ``text`` as a file's name without its suffix, such as every system takes it.

    What Windows or Linux does not take (reserved characters, device names, a dot or a space at the end, great
    length) is replaced, and a mark made of the whole text is appended, so that two texts do not share a file.

    >>> file_stem("化工产业链"), file_stem("A/B 产业链"), file_stem("con")
    ('化工产业链', 'A_B 产业链-f5a3db', 'con-1143da')
    """
    plain = _NOT_IN_FILES.sub("_", text)
    while len(plain.encode("utf-8", "replace")) > _LONGEST_FILE:
        plain = plain[:-1]
    plain = plain.rstrip(". ")
    if plain == text and plain and not _DEVICES.fullmatch(plain):
        return plain
    import hashlib  # late: few names need it

    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{plain}-{mark}"


def local_name(iri: str) -> str:
    """Return the readable last part of an IRI.

    >>> local_name("https://w3id.org/gongyue/id/product/竹浆A")
    '竹浆A'
    """
    return unquote(re.split(r"[#/]", iri)[-1])


def expand(curie: str, prefixes: dict[str, str] = PREFIXES) -> str:
    """Return the full IRI of a prefixed name; text that is no known prefixed name comes back unchanged.

    >>> expand("gy:Product")
    'https://w3id.org/gongyue/ontology#Product'
    """
    prefix, colon, rest = curie.partition(":")
    return prefixes[prefix] + rest if colon and prefix in prefixes else curie


def has_han(text: str) -> bool:
    """Tell whether ``text`` holds a Chinese character (it decides the language tag of a name)."""
    return bool(_HAN.search(text))


def normalize_name(text: str) -> str:
    """Return the form under which two names count as the same.

    NFKC folds full-width letters, digits and brackets; case and all white space are ignored. Nothing else is:
    股份 and 集团 tell two firms apart.

    >>> normalize_name("云溪化工（溪南） 有限公司") == normalize_name("云溪化工(溪南)有限公司")
    True
    """
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()
