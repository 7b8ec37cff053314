//! What is wrong, told in the language of the reader. What goes on inside speaks English, and programs are
//! told in English; here each text is known by its form, from `lang/problems.json` and, for the rules of
//! registers, from the packs.

use std::collections::BTreeMap;

use chancery_model::{Diagnostic, Language, Place, Programme, Text};

/// A text of which the parts between vary.
struct Form {
    /// What stands before, between and after what varies.
    pieces: Vec<String>,
    /// Which of them each place holds, from 0.
    names: Vec<usize>,
    /// Which of them stand between backticks, where it is plain that somebody wrote them.
    quoted: Vec<bool>,
    /// Whether so little is fixed that what varies can only be numbers, days and lists of names.
    short: bool,
    /// How much of it is fixed.
    fixed: usize,
    told: BTreeMap<Language, String>,
}

/// Stands for what varies while a form is read; no text holds it.
const VARIES: char = '\u{1}';

/// All that can be told.
pub(crate) struct Problems(Vec<Form>);

/// A text in a text in a text is told; and no text is longer.
const DEEPEST: usize = 3;
const LONGEST: usize = 2000;
/// A form with fewer letters of its own would fit sentences that are something else.
const FEWEST_LETTERS: usize = 12;

impl Form {
    fn new(english: &str, told: BTreeMap<Language, String>) -> Self {
        let mut names = Vec::new();
        let whole = filled(english, |name| {
            names.push(name);
            Some(VARIES.to_string())
        });
        let pieces: Vec<String> = whole.split(VARIES).map(str::to_owned).collect();
        let mut ticks = 0;
        let quoted = pieces[..pieces.len() - 1].iter().map(|piece| {
            ticks += piece.matches('`').count();
            ticks % 2 == 1
        });
        let quoted = quoted.collect();
        let letters = pieces.iter().flat_map(|piece| piece.chars());
        let letters = letters.filter(|sign| sign.is_alphabetic()).count();
        let fixed = pieces.iter().map(String::len).sum();
        Self { pieces, names, quoted, short: letters < FEWEST_LETTERS, fixed, told }
    }

    /// What stands in a text where this one varies; nothing where it is another text.
    fn varied<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, last) = (self.pieces.first()?, self.pieces.last()?);
        let mut rest = text.strip_prefix(first.as_str())?;
        if self.names.is_empty() {
            return rest.is_empty().then(Vec::new);
        }
        rest = rest.strip_suffix(last.as_str())?;
        let mut varied = Vec::new();
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            let (before, after) = rest.split_once(piece.as_str())?;
            varied.push(before);
            rest = after;
        }
        varied.push(rest);
        let number = |text: &&str| {
            !text.is_empty()
                && text.chars().all(|sign| sign.is_ascii_digit() || "-. ".contains(sign))
        };
        let fits = |(text, quoted): (&&str, &bool)| {
            // What somebody wrote is not torn apart.
            *quoted
                || text.matches('`').count() % 2 == 0
                    && (!self.short || number(text) || named(text))
        };
        let fit = varied.iter().zip(&self.quoted).all(fits);
        fit.then_some(varied)
    }
}

/// Whether a text is a list of names and nothing else.
fn named(text: &str) -> bool {
    let mut names = text.split(", ").flat_map(|some| some.split(" or "));
    names.all(|name| {
        let quoted = name.len() > 2 && name.starts_with('`') && name.ends_with('`');
        !name.is_empty() && (quoted || !name.contains(char::is_whitespace))
    })
}

/// A text with what stands for its numbers, counted from 0; a number for which nothing stands is left out.
fn filled(text: &str, mut what: impl FnMut(usize) -> Option<String>) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let inside = after.split_once('}');
        let inside = inside
            .and_then(|(name, after)| Some((name.parse::<usize>().ok()?.checked_sub(1)?, after)));
        rest = match inside {
            Some((name, after)) => {
                filled.push_str(&what(name).unwrap_or_default());
                after
            }
            None => {
                filled.push('{');
                after
            }
        };
    }
    filled + rest
}

impl Problems {
    /// The forms of texts, and those of the rules of a programme.
    pub(crate) fn new(programme: &Programme) -> Self {
        let file = include_str!("../lang/problems.json");
        // A test reads the file.
        let known: BTreeMap<String, BTreeMap<Language, String>> =
            serde_json::from_str(file).unwrap_or_default();
        let mut forms: Vec<Form> =
            known.into_iter().map(|(english, told)| Form::new(&english, told)).collect();
        for register in programme.registers.values() {
            let rules = register.rules.iter().map(|rule| &rule.message);
            let exclusive = register.exclusive.iter().map(|own| &own.message);
            let limits = register.limits.iter().map(|own| &own.message);
            let texts = rules.chain(exclusive).chain(limits);
            forms.extend(texts.map(of_pack));
            // As what is expected, a help is no sentence.
            let helps = register.fields.values().map(|field| &field.help);
            let helps = helps.map(|help| {
                let plain = |text: &str| text.trim_end_matches(['.', '。']).to_owned();
                let text = |of| Ok::<_, std::convert::Infallible>(plain(&help[of]));
                Text::try_from_fn(text).unwrap_or_default()
            });
            forms.extend(helps.map(|help| of_pack(&help)));
        }
        // What is most fixed is meant.
        forms.sort_by_key(|form| std::cmp::Reverse(form.fixed));
        Self(forms)
    }

    /// A text in another language; as it is where nobody said how.
    fn text(&self, text: &str, language: Language) -> String {
        self.text_within(text, language, DEEPEST)
    }

    fn text_within(&self, text: &str, language: Language, depth: usize) -> String {
        if language == Language::En || text.is_empty() || text.len() > LONGEST || depth == 0 {
            return text.to_owned();
        }
        let fits = |form: &Form| {
            let varied = form.varied(text)?.into_iter().map(str::to_owned).collect::<Vec<_>>();
            Some((form.told.get(&language)?.clone(), varied))
        };
        let Some((form, (told, varied))) = self.0.iter().find_map(|form| Some((form, fits(form)?)))
        else {
            return text.to_owned();
        };
        filled(&told, |name| {
            let place = form.names.iter().position(|own| *own == name)?;
            // What somebody wrote stands as it is.
            Some(match form.quoted[place] {
                true => varied[place].clone(),
                false => self.text_within(&varied[place], language, depth - 1),
            })
        })
    }

    fn joint(&self, english: &str, language: Language, parts: &[&str]) -> String {
        let form = match language {
            Language::En => english.to_owned(),
            language => self
                .0
                .iter()
                .find(|form| form.pieces == Form::new(english, BTreeMap::new()).pieces)
                .and_then(|form| form.told.get(&language).cloned())
                .unwrap_or_else(|| english.to_owned()),
        };
        filled(&form, |place| parts.get(place).map(|part| (*part).to_owned()))
    }

    /// Where it is: the file, the line, and what the field is called.
    fn place(&self, place: &Place, language: Language, label: &Label<'_>) -> String {
        let mut parts = Vec::new();
        if !place.file.is_empty() {
            parts.push(place.file.clone());
        }
        let (line, column) = (place.line.to_string(), place.column.to_string());
        match (place.line, place.column) {
            (0, _) => {}
            (_, 0) => parts.push(self.joint("line {1}", language, &[&line])),
            _ => parts.push(self.joint("line {1}, character {2}", language, &[&line, &column])),
        }
        if !place.field.is_empty() {
            let fields = place.field.split(", ");
            let called = fields.map(|field| label(field).unwrap_or_else(|| field.to_owned()));
            parts.extend(called);
        }
        let comma = match language {
            Language::Ar => "، ",
            Language::Zh => "，",
            _ => ", ",
        };
        parts.join(comma)
    }

    /// A problem as its reader is told it; without its place where that is plain.
    pub(crate) fn told(
        &self,
        problem: &Diagnostic,
        language: Language,
        label: Option<&Label<'_>>,
    ) -> String {
        let mut told = self.text(&problem.found, language);
        if !problem.expected.is_empty() {
            let expected = self.text(&problem.expected, language);
            told += &self.joint("; expected {1}", language, &[&expected]);
        }
        // What only the command line knows helps nobody here.
        let hint = &problem.hint;
        if !hint.is_empty() && !hint.contains("--") && !hint.contains("chancery ") {
            told += &self.joint(" ({1})", language, &[&self.text(hint, language)]);
        }
        let place = label.map(|label| self.place(&problem.place, language, label));
        match place.filter(|place| !place.is_empty()) {
            Some(place) => self.joint("{1}: ", language, &[&place]) + &told,
            None => told,
        }
    }
}

/// What a field is called.
pub(crate) type Label<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The text of a pack, whose names of fields become numbers.
fn of_pack(text: &Text) -> Form {
    let mut names: Vec<String> = Vec::new();
    let mut numbered = |text: &str| {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            let known = names.iter().position(|own| own == name);
            let place = known.unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            filled += &format!("{before}{{{}}}", place + 1);
            rest = after;
        }
        filled + rest
    };
    let english = numbered(&text.en);
    let told = text.each().map(|(language, text)| (language, numbered(text))).collect();
    Form::new(&english, told)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(text: &str) -> BTreeSet<String> {
        let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        names.map(|(name, _)| name.to_owned()).collect()
    }

    #[test]
    fn every_language_tells_every_problem_with_all_that_varies() {
        let file = include_str!("../lang/problems.json");
        let known: BTreeMap<String, BTreeMap<Language, String>> =
            serde_json::from_str(file).unwrap();
        assert!(known.len() > 200);
        for (english, told) in &known {
            for language in Language::ALL.into_iter().filter(|own| *own != Language::En) {
                let told = told.get(&language).unwrap_or_else(|| panic!("{language}: {english}"));
                assert_eq!(names(told), names(english), "{language}: {english}");
            }
        }
    }

    #[test]
    fn a_short_form_fits_names_and_numbers_and_no_sentence() {
        let problems = Problems::new(&Programme::default());
        let told = |text| problems.text(text, Language::Fr);
        for text in ["one of untoc, uncac", "did you mean `a` or `b`?", "amounts in EUR, USD"] {
            assert_ne!(told(text), text);
        }
        for text in [
            "`The seat is Geneva, not Paris`",
            "one of those that the office keeps",
            "entry 5 is no entry",
        ] {
            assert_eq!(told(text), text);
        }
    }

    #[test]
    fn a_problem_is_told_in_the_language_of_its_reader() {
        let problems = Problems::new(&Programme::default());
        let label = |field: &str| (field == "date").then(|| "Fecha".to_owned());
        let problem = Diagnostic::error(Place::line("a.csv", 3).field("date"), "nothing")
            .expected("a day as YYYY-MM-DD");
        let told = problems.told(&problem, Language::Es, Some(&label));
        insta::assert_snapshot!(told);
        // What somebody wrote stands as it is, whatever it says.
        let wrote = Diagnostic::error(Place::default(), "there is no register `nothing`")
            .hint("did you mean `a` or `nothing`?");
        insta::assert_snapshot!(problems.told(&wrote, Language::Ru, Some(&label)));
        // Neither a long text nor one in a text in a text is a way to keep the server busy.
        let long = "no randomness: ".repeat(70_000);
        let long = Diagnostic::error(Place::default(), &long);
        assert_eq!(problems.told(&long, Language::Fr, None), long.found);
        let deep = format!("there is no register `{}`", "no randomness: ".repeat(50));
        let told = problems.told(&Diagnostic::error(Place::default(), &deep), Language::Fr, None);
        assert!(told.contains(&"no randomness: ".repeat(50)) && told != deep, "{told}");
        let own = Diagnostic::error(Place::default(), "what nobody foresaw");
        assert_eq!(problems.told(&own, Language::Zh, None), "what nobody foresaw");
        assert_eq!(problems.told(&own, Language::En, None), own.to_string());
    }
}
