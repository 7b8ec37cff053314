//! What a source of a report may say beside its text. It asks measures and sets down what they answer; it
//! makes no long texts of short ones, by which a few lines could fill all memory.

use chancery_model::{Diagnostic, Diagnostics, Place};
use minijinja::machinery::{Span, Token, tokenize};
use minijinja::{Environment, filters, functions, tests};

const STATEMENTS: [&str; 7] = ["if", "elif", "else", "endif", "for", "endfor", "set"];

/// An environment with what sources need of the engine, none of which makes texts longer.
pub(crate) fn environment<'s>() -> Environment<'s> {
    let mut environment = Environment::empty();
    environment.add_function("range", functions::range);
    environment.add_filter("abs", filters::abs);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("float", filters::float);
    environment.add_filter("int", filters::int);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("reverse", filters::reverse);
    environment.add_filter("round", filters::round);
    environment.add_filter("sort", filters::sort);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("none", tests::is_none);
    environment
}

/// What stands around a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Call,
    Group,
    List,
    Subscript,
}

/// Finds what a source may not say. What is no template is told by whoever compiles it.
pub(crate) fn check(file: &str, source: &str) -> Diagnostics {
    let tokens: Vec<(Token<'_>, Span)> =
        tokenize(source, false, Default::default()).map_while(Result::ok).collect();
    let mut problems = Diagnostics::default();
    let mut within: Vec<Within> = Vec::new();
    // A literal stands for one sign beside it: `a ~ "" ~ a` is `a` twice.
    let mut used = usize::MAX;
    for (at, (token, span)) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| &tokens[at].0);
        let after = tokens.get(at + 1).map(|(token, _)| token);
        let place = || crate::sources::place_of(file, source, span.start_offset as usize, 1);
        let beside = |literal: fn(&Token<'_>) -> bool, used: &mut usize| {
            let own = [at.wrapping_sub(1), at + 1].into_iter();
            // A literal that goes on, as `""|default(a, true)`, may be anything.
            let ends = |own: &usize| {
                let next = tokens.get(own + 1).map(|(next, _)| next);
                *own < at || !matches!(next, Some(Token::Pipe | Token::Dot | Token::BracketOpen))
            };
            let is = |own: &usize| tokens.get(*own).is_some_and(|(own, _)| literal(own));
            let mut own = own.filter(|own| is(own) && ends(own));
            match own.find(|own| *own != *used) {
                Some(own) => {
                    *used = own;
                    true
                }
                None => false,
            }
        };
        match token {
            Token::BlockStart => {
                within.clear();
                let statement = match after {
                    Some(Token::Ident(name)) => *name,
                    _ => continue,
                };
                let assigns = matches!(tokens.get(at + 3), Some((Token::Assign, _)));
                if !STATEMENTS.contains(&statement) {
                    problems.push(
                        Diagnostic::error(place(), format!("the statement `{statement}`"))
                            .expected(format!("one of {}", STATEMENTS.join(", "))),
                    );
                } else if statement == "set" && !assigns {
                    problems.push(
                        Diagnostic::error(place(), "`set` without a value")
                            .expected("a name, `=` and a value"),
                    );
                }
            }
            Token::VariableStart => within.clear(),
            Token::Ident("recursive") => problems.push(
                Diagnostic::error(place(), "`recursive`")
                    .expected("a loop over the rows of a figure"),
            ),
            Token::ParenOpen => within.push(match before {
                Some(Token::Ident(name)) if !is_word(name) => Within::Call,
                Some(Token::ParenClose | Token::BracketClose) => Within::Call,
                _ => Within::Group,
            }),
            Token::BracketOpen => within.push(match before {
                Some(Token::Ident(name)) if !is_word(name) => Within::Subscript,
                Some(Token::ParenClose | Token::BracketClose) => Within::Subscript,
                _ => Within::List,
            }),
            Token::ParenClose | Token::BracketClose => {
                within.pop();
            }
            Token::BraceOpen => problems.push(of_list(place())),
            Token::Comma if !matches!(within.last(), Some(Within::Call | Within::List)) => {
                problems.push(of_list(place()));
            }
            Token::Ident(_) if within.last() == Some(&Within::List) => {
                problems.push(of_list(place()));
            }
            Token::Tilde if !beside(is_text, &mut used) => problems.push(
                Diagnostic::error(place(), "`~` between two values")
                    .expected("a text in quotes on one side of each `~`")
                    .hint("write the one value after the other instead"),
            ),
            Token::Plus if !beside(is_number, &mut used) => problems.push(computed(place(), "+")),
            Token::Mul | Token::Pow => problems.push(computed(place(), "*")),
            _ => {}
        }
    }
    problems
}

/// Words of the language after which something new begins.
fn is_word(name: &str) -> bool {
    ["in", "not", "and", "or", "if", "else", "elif", "is"].contains(&name)
}

fn is_text(token: &Token<'_>) -> bool {
    matches!(token, Token::Str(_) | Token::String(_))
}

fn is_number(token: &Token<'_>) -> bool {
    matches!(token, Token::Int(_) | Token::Float(_))
}

fn of_list(place: Place) -> Diagnostic {
    Diagnostic::error(place, "a list of what is neither a text nor a number")
        .expected("texts in quotes and numbers, in square brackets")
}

fn computed(place: Place, sign: &str) -> Diagnostic {
    Diagnostic::error(place, format!("`{sign}` between two values"))
        .expected("a measure that computes it")
}

#[cfg(test)]
mod tests_of_sources {
    use super::*;

    #[test]
    fn a_source_makes_no_long_texts_of_short_ones() {
        for fine in [
            "{{ figure(\"a.b\", at=year ~ \"-12-31\", to=\"I.A\" ~ number) }}",
            "{% for row in (flows.rows|sort(attribute=\"value\", reverse=true))[:12] %}{{ row }}{% endfor %}",
            "{% for code in [\"a\", \"b\", 3] if code in [\"a\"] %}{% endfor %}",
            "{% set day = period.end if year == last else year ~ \"-12-31\" %}",
            "{% for year in range(last - 9, last + 1) %}{% endfor %}",
            "a ~ b, [c] + {d} * e and {# a ~ b #}",
            "{% if period.own %}{% elif not a.value %}{% else %}{% endif %}",
        ] {
            assert_eq!(check("a.md", fine), Diagnostics::default(), "{fine}");
        }
        for bad in [
            "{% set a = a ~ a %}",
            "{% set a = a ~ \"\" ~ a %}",
            "{% set a = a ~ \"\"|default(a, true) %}",
            "{% set a = a + 0|default(a, true) %}",
            "{% set a = a + a %}",
            "{% set a = \"x\" * 1000000 %}",
            "{% set a = [a, a] %}",
            "{% set a = (a, a) %}",
            "{% set a = a, a %}",
            "{% set a = {\"a\": a} %}",
            "{% for x in a, a %}{% endfor %}",
            "{% set a %}{{ a }}{{ a }}{% endset %}",
            "{% macro f(a) %}{{ a }}{{ a }}{% endmacro %}",
            "{% filter upper %}a{% endfilter %}",
            "{% for x in a recursive %}{{ loop(x) }}{% endfor %}",
            "{%- set b %}x{%- endset %}",
        ] {
            assert!(check("a.md", bad).has_errors(), "{bad}");
        }
    }
}
