"""The characters that the body of a proof may hold: an allow-list, so that nothing is invisible or looks like another.

Left out on purpose: letters that look like Latin ones (Cyrillic, full-width, Greek capitals such as A and omicron), the
operators that look like `-`, `/` and `:`, controls, joiners, marks of direction, and every blank but space and newline.
Comments may hold any visible character, for Lean never gets to see them.
"""

from __future__ import annotations

import unicodedata

_ASCII = {chr(code) for code in range(0x20, 0x7F)} - set("`#")
_GREEK = set("αβγδεζηθικλμνξπρςστυφχψωϕϑϵΓΔΘΛΞΠΣΦΨΩ")
_LETTERS = set("ℂℍℕℙℚℝℤℓ℘ℵℶℐℒℱℬℰℳℛ𝓝𝓤𝓞𝓕𝓢𝕜𝔸𝔻𝔽𝕀𝕊𝕋𝕆𝒜𝒞𝒟𝒢𝒩𝒪𝒫𝒮𝒯𝒰𝔞𝔟𝔤𝔪𝔭𝔮")
_SUBSCRIPTS = set("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₒₓₔₕₖₗₘₙₚₛₜᵢᵣᵤᵥᵦᵧᵨᵩᵪⱼ")
_SUPERSCRIPTS = set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵃᵇᶜᵈᵉᵒᵖᵀᴴᵐˣ")
_ARROWS = {chr(code) for code in range(0x2190, 0x2200)}
_OPERATORS = {chr(code) for code in range(0x2200, 0x2300)} - set("\u2212\u2215\u2236\u2217")
_OTHERS = set("¬×÷±·•‖…†‡⁅⁆‹›«»⟨⟩⟦⟧⟪⟫⟮⟯⦃⦄⌊⌋⌈⌉⌜⌝⟂⟶⟵⟷⟹⟸⟺⟿⨅⨆⨯⨂⨁▸▹◁▷○□◇⬝∎♯⊢")

CODE_CHARACTERS = frozenset(
    _ASCII | {"\n"} | _GREEK | _LETTERS | _SUBSCRIPTS | _SUPERSCRIPTS | _ARROWS | _OPERATORS | _OTHERS
)
"""What may stand outside comments."""

_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Zs"}
_ADVICE = {
    "\t": "a tab; indent with spaces",
    "\r": "a lone carriage return; end lines with a newline",
    "`": "a backtick: quotations and name literals are not part of a proof",
    "#": "`#`, which starts commands such as `#eval`; only the proof is wanted",
    "✝": "`✝`, the mark of a name that cannot be written; name it with `rename_i`, `next` or `intro` first",
    "\u2212": "`\u2212`, U+2212, which looks like a minus; write `-`",
    "\u2217": "`\u2217`, U+2217, which looks like an asterisk; write `*`",
}


def hides(character: str) -> bool:
    """Whether a character is invisible, a control or no character at all: it may not even stand in a comment."""
    return unicodedata.category(character) in _HIDDEN and character not in " \n"


def complaint(character: str) -> str:
    """Return what to say of a character that may not stand where it stands."""
    if character in _ADVICE:
        return _ADVICE[character]
    name = unicodedata.name(character, "no name")
    shown = "" if hides(character) or unicodedata.combining(character) else f"`{character}`, "
    return f"{shown}U+{ord(character):04X} ({name}), which is not one of the characters of a proof"
