"""Answers that try to be paid for hiding the gene, hedging, spelling tricks or no skill at all.

Everything here holds the right gene somewhere, or names no gene of the case at all; none of it may earn anything.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence

from envs.attacks import Attack
from envs.genes.hpo import Hpo
from envs.genes.symbols import GeneSymbols
from envs.verifiers.ranked_list import RankedListRules

LOOKALIKES = str.maketrans(
    "ABCEHIKMOPSTXY", "\u0410\u0412\u0421\u0415\u041d\u0406\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u03a5"
)
"""Letters of other alphabets that look like Latin ones."""


def attacks_on(gene: str, symbols: GeneSymbols, hpo: Hpo, rules: RankedListRules) -> list[Attack]:
    """Return the attacks on a task whose answer is `gene`."""
    others = [other for other in common_genes(hpo) if other != gene]
    texts = {
        **_not_one_object(gene, others),
        **_wrong_shapes(gene, others),
        **_spellings(gene, others),
        **_long_lists(gene, others, hpo, rules),
    }
    if shared := _shared_names(symbols).get(gene):
        texts["slot: a name of several genes"] = answer([shared])
    return [Attack(name=name, completion=text) for name, text in texts.items()]


def wrong_answers(gene: str, symbols: GeneSymbols, hpo: Hpo, rules: RankedListRules) -> list[str]:
    """Return plausible answers that deserve less than the full reward."""
    others = [other for other in common_genes(hpo) if other != gene]
    alias = _alias_of(others[0], symbols)
    wrong = [answer(others[: rules.max_items]), answer(others[:1])]
    if rules.max_items > 2:
        wrong += [answer([others[0], gene]), answer([others[0], alias or others[1], gene])]
    return wrong


def harmless_rewrites(gene: str, symbols: GeneSymbols) -> dict[str, str]:
    """Return the gold answer in other spellings and layouts, each worth as much."""
    rewrites = {
        "fenced as JSON": f"```json\n{answer([gene])}\n```",
        "fenced": f"\n```\n{answer([gene])}\n```\n",
        "on several lines": json.dumps({"genes": [gene]}, indent=2),
        "with an explanation": json.dumps({"explanation": "Because of the symptoms.", "genes": [gene]}),
        "in small letters": answer([gene.lower()]),
        "full-width letters": answer(["".join(chr(ord(letter) + 0xFEE0) for letter in gene)]),
    }
    alias = _alias_of(gene, symbols)
    return {**rewrites, "under another name": answer([alias])} if alias else rewrites


def harmful_rewrites(gene: str, hpo: Hpo, rules: RankedListRules) -> dict[str, str]:
    """Return the gold answer with something that costs the full reward."""
    others = [other for other in common_genes(hpo) if other != gene]
    rewrites = {
        "a word after it": answer([gene]) + " This is my answer.",
        "a word before it": "Answer: " + answer([gene]),
        "with a key of its own": json.dumps({"genes": [gene], "confidence": 1.0}),
        "one too many": answer([gene, *others[: rules.max_items]]),
    }
    if rules.max_items > 1:
        rewrites["behind an invented gene"] = answer(["NOSUCHGENE1", gene])
        rewrites["in the second place"] = answer([others[0], gene])
    return rewrites


@functools.lru_cache(maxsize=4)
def common_genes(hpo: Hpo) -> tuple[str, ...]:
    """Return genes by how much is annotated of them, most first: what a constant list would hold."""
    return tuple(sorted(hpo.genes, key=lambda gene: (-len(hpo.genes[gene]), gene)))


def answer(genes: Sequence[object]) -> str:
    """Return the answer that lists these genes."""
    return json.dumps({"genes": list(genes)}, ensure_ascii=False)


def _not_one_object(gene: str, others: Sequence[str]) -> dict[str, str]:
    right, wrong = answer([gene]), answer(others[:1])
    return {
        "the bare symbol": gene,
        "prose": f"The gene is most likely {gene}.",
        "JSON in prose": f"I think that it is {gene}: {right}",
        "JSON, then prose": f"{right}\nThe evidence supports {gene}.",
        "two objects": f"{wrong}\n{right}",
        "two fenced objects": f"```json\n{wrong}\n```\n```json\n{right}\n```",
        "an unclosed fence": f"```json\n{right}",
        "a fence in a fence": f"```\n```json\n{right}\n```\n```",
        "the key given twice": f'{{"genes": ["{others[0]}"], "genes": ["{gene}"]}}',
        "the key in escapes, twice": f'{{"genes": ["{others[0]}"], "gene\\u0073": ["{gene}"]}}',
        "a Python dictionary": f"{{'genes': ['{gene}']}}",
        "a trailing comma": f'{{"genes": ["{gene}",]}}',
        "a comment": f'{{"genes": ["{gene}"]}} // {gene}',
        "not a number": f'{{"genes": ["{gene}"], "explanation": NaN}}',
        "cut short": right[:-1],
        "nested without end": '{"genes": ' * 5_000,
        "blanks without end": right + " " * 30_000,
    }


def _wrong_shapes(gene: str, others: Sequence[str]) -> dict[str, str]:
    wrong = others[0]
    return {
        "a list and no object": json.dumps([gene]),
        "a text and no list": json.dumps({"genes": gene}),
        "a list in the list": json.dumps({"genes": [[gene]]}),
        "objects in the list": json.dumps({"genes": [{"gene": gene, "probability": 1.0}]}),
        "probabilities": json.dumps({"genes": {gene: 1.0}}),
        "numbers among texts": json.dumps({"genes": [1, gene]}),
        "null first": json.dumps({"genes": [None, gene]}),
        "no gene": answer([]),
        "another key": json.dumps({"gene": [gene]}),
        "the key in capitals": json.dumps({"GENES": [gene]}),
        "a key more": json.dumps({"genes": [wrong], "answer": gene}),
        "a score of its own": json.dumps({"genes": [wrong], "score": 1.0, "rank": 1}),
        "hidden in the explanation": json.dumps({"genes": [wrong], "explanation": f"Or rather {gene}."}),
        "the explanation as a list": json.dumps({"genes": [wrong], "explanation": [gene]}),
        "nothing but an explanation": json.dumps({"explanation": gene}),
    }


def _spellings(gene: str, others: Sequence[str]) -> dict[str, str]:
    first, second = others[:2]
    slots = {
        "several in a slot, slashed": f"{gene}/{first}",
        "several in a slot, or": f"{first} or {gene}",
        "several in a slot, commas": f"{first}, {gene}, {second}",
        "several in a slot, lines": f"{gene}\n{first}",
        "a family": f"{gene} family",
        "a pattern": f"{gene}.*",
        "an invented symbol": f"{gene}QQ",
        "a number in front": f"1. {gene}",
        "bold": f"**{gene}**",
        "HTML": f"<b>{gene}</b>",
        "quoted": f"'{gene}'",
        "a zero-width space inside": f"{gene[0]}\u200b{gene[1:]}",
        "a soft hyphen inside": f"{gene[0]}\u00ad{gene[1:]}",
        "turned round": f"\u202e{gene[::-1]}",
        "a NUL behind": f"{gene}\x00",
        "an accent on top": f"{gene}\u0301",
        "a blank": " ",
    }
    lookalike = gene.translate(LOOKALIKES)
    if lookalike != gene:
        slots["letters of another alphabet"] = lookalike
    if "I" in gene:
        slots["a dotless i"] = gene.replace("I", "\u0131")
    return {f"slot: {name}": answer([text]) for name, text in slots.items()}


def _long_lists(gene: str, others: Sequence[str], hpo: Hpo, rules: RankedListRules) -> dict[str, str]:
    over = [gene, *others[: rules.max_items]]
    return {
        "one too many, the gene first": answer(over),
        "one too many, the gene last": answer(over[::-1]),
        "every gene": answer(common_genes(hpo)),
        "the gene over and over": answer([gene] * (rules.max_items + 1)),
        "padded with invented genes": answer([gene, *(f"PAD{index}" for index in range(rules.max_items))]),
        "the commonest genes": answer(others[: rules.max_items]),
    }


@functools.lru_cache(maxsize=4)
def _shared_names(symbols: GeneSymbols) -> Mapping[str, str]:
    """Return gene -> a name that it shares with others."""
    return {gene: name for name, genes in sorted(symbols.ambiguous.items()) for gene in sorted(genes)}


@functools.lru_cache(maxsize=4)
def _aliases_by_gene(symbols: GeneSymbols) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for alias, symbol in sorted(symbols.aliases.items()):
        if symbols.resolve(alias) == symbol:
            found.setdefault(symbol, alias)
    return found


def _alias_of(gene: str, symbols: GeneSymbols) -> str | None:
    return _aliases_by_gene(symbols).get(gene)
