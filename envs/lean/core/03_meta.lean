/-
The types of the front end's own data that bindings mention. Only their shapes matter (the order of constructors, the
number of arguments, boxed or not): the native code makes and reads the values.
-/

namespace Lean

inductive Name where
  | anonymous : Name
  | str (pre : Name) (str : String)
  | num (pre : Name) (i : Nat)

@[extern "x"] def Name.mkSimple (s : String) : Name := .anonymous
@[extern "x"] def Name.mkStr1 (s : String) : Name := .anonymous
@[extern "x"] def Name.mkStr2 (s t : String) : Name := .anonymous
@[extern "x"] def Name.mkStr3 (s t u : String) : Name := .anonymous
@[extern "x"] def Name.mkStr4 (s t u v : String) : Name := .anonymous

inductive ParserDescr where
  | const (name : Name)
  | unary (name : Name) (p : ParserDescr)
  | binary (name : Name) (p₁ p₂ : ParserDescr)
  | node (kind : Name) (prec : Nat) (p : ParserDescr)
  | trailingNode (kind : Name) (prec lhsPrec : Nat) (p : ParserDescr)
  | symbol (val : String)
  | nonReservedSymbol (val : String) (includeIdent : Bool)
  | cat (catName : Name) (rbp : Nat)
  | parser (declName : Name)
  | nodeWithAntiquot (name : String) (kind : Name) (p : ParserDescr)
  | sepBy (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool)
  | sepBy1 (p : ParserDescr) (sep : String) (psep : ParserDescr) (allowTrailingSep : Bool)
  | unicodeSymbol (val asciiVal : String) (preserveForPP : Bool)

abbrev TrailingParserDescr := ParserDescr

inductive Syntax where
  | missing : Syntax
  | node (info : Name) (kind : Name) (args : Syntax) : Syntax

inductive MacroContext where
  | a
  | b (n : MacroContext)

inductive MacroState where
  | a
  | b (n : MacroState)

inductive MacroResult where
  | a
  | b (n : MacroResult)

abbrev Macro : Type := Syntax → MacroContext → MacroState → MacroResult

abbrev PrettyPrinter.Unexpander : Type := Syntax → MacroContext → MacroState → MacroResult

structure Parser.Category where

end Lean

declare_syntax_cat rcasesPat
declare_syntax_cat rintroPat
declare_syntax_cat binderPred
