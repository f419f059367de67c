"""Superscripts and subscripts in plain Unicode, where it has them.

Markdown knows neither; Unicode has the digits and most letters (blocks Superscripts and Subscripts,
Spacing Modifier Letters, Phonetic Extensions).
"""

from typing import Final, Literal

Script = Literal["sup", "sub"]

_PLAIN: Final = "0123456789+-−=()"
_SUP_LETTERS: Final = "abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW"
_SUB_LETTERS: Final = "aehijklmnoprstuvx"

TABLES: Final[dict[str, dict[int, int]]] = {
    "sup": str.maketrans(
        _PLAIN + _SUP_LETTERS,
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
    ),
    "sub": str.maketrans(_PLAIN + _SUB_LETTERS, "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"),
}
OPENING: Final = {"sup": "^(", "sub": "_("}


def table_for(script: str, text: str) -> dict[int, int] | None:
    """The translation into Unicode's script letters; None unless every character has one."""
    table = TABLES[script]
    return table if all(ord(char) in table or char == " " for char in text) else None
