//! Words of six languages: how text is cut into them, and which forms stand for the same word.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::OnceLock;

use chancery_model::{Language, fold};
use tantivy::tokenizer::{
    Language as Stemmed, RawTokenizer, Stemmer, TextAnalyzer, TokenStream as _,
};

/// Longer words are cut: nobody types them.
const LONGEST: usize = 64;

/// A word where it stands in its text, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Of Chinese characters, which are not parted by spaces.
    pub(crate) han: bool,
}

fn is_han(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a text.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<Span> = None;
    for (at, sign) in text.char_indices() {
        let han = is_han(sign);
        // A mark over a letter belongs to it; so does the line that lengthens Arabic words.
        let letter = sign.is_alphanumeric() || is_mark(sign);
        open = match open {
            Some(span) if letter && span.han == han => {
                Some(Span { to: at + sign.len_utf8(), ..span })
            }
            other => {
                spans.extend(other);
                let begun = Span { from: at, to: at + sign.len_utf8(), han };
                (letter && !is_mark(sign)).then_some(begun)
            }
        };
    }
    spans.extend(open);
    spans
}

fn is_mark(sign: char) -> bool {
    matches!(sign, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// The languages whose words are written so.
fn languages(word: &str) -> &'static [Language] {
    match word.chars().find(|sign| sign.is_alphabetic()) {
        Some('\u{400}'..='\u{52f}') => &[Language::Ru],
        Some('\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}') => &[Language::Ar],
        Some(_) => &[Language::En, Language::Fr, Language::Es],
        None => &[],
    }
}

/// What a word, in small letters, has in common with its forms. Its marks tell forms from each other, so
/// that it is folded after.
fn stem(word: &str, language: Language) -> Option<String> {
    static STEMMERS: OnceLock<Vec<(Language, TextAnalyzer)>> = OnceLock::new();
    let stemmers = STEMMERS.get_or_init(|| {
        [
            (Language::En, Stemmed::English),
            (Language::Fr, Stemmed::French),
            (Language::Es, Stemmed::Spanish),
            (Language::Ru, Stemmed::Russian),
            (Language::Ar, Stemmed::Arabic),
        ]
        .map(|(language, stemmed)| {
            let analyzer =
                TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(stemmed));
            (language, analyzer.build())
        })
        .into()
    });
    let (_, stemmer) = stemmers.iter().find(|(own, _)| *own == language)?;
    let mut stemmer = stemmer.clone();
    let mut stream = stemmer.token_stream(word);
    stream.advance().then(|| format!("{}:{}", language.code(), folded(&stream.token().text)))
}

fn folded(text: &str) -> String {
    fold(text).chars().take(LONGEST).collect()
}

/// So many words are remembered with their terms: most words of a text are those of others.
const REMEMBERED: usize = 20_000;

/// The terms under which a word of a text is kept; of a text in a known language the stem in that one.
pub(crate) fn terms(text: &str, span: Span, language: Option<Language>) -> Vec<String> {
    type Known = HashMap<(String, Option<Language>), Vec<String>>;
    thread_local! {
        static KNOWN: RefCell<Known> = RefCell::default();
    }
    let word = (text[span.from..span.to].to_owned(), language);
    KNOWN.with_borrow_mut(|known| {
        if let Some(terms) = known.get(&word) {
            return terms.clone();
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let terms = found_terms(text, span, language);
        known.insert(word, terms.clone());
        terms
    })
}

fn found_terms(text: &str, span: Span, language: Option<Language>) -> Vec<String> {
    let word = folded(&text[span.from..span.to]);
    if span.han {
        let signs: Vec<char> = word.chars().collect();
        let single = signs.iter().map(char::to_string);
        let pairs = signs.windows(2).map(|pair| pair.iter().collect());
        return single.chain(pairs).collect();
    }
    let small: String = text[span.from..span.to].to_lowercase().chars().take(LONGEST).collect();
    let known = languages(&word);
    let stems = known.iter().filter(|own| language.is_none_or(|language| language == **own));
    let mut all = vec![word];
    for language in stems {
        all.extend(stem(&small, *language));
        // A noun has another stem with its article than without; it is kept under both.
        if *language == Language::Ar {
            let bare = ["وال", "بال", "كال", "فال", "ال", "لل"].iter();
            let bare = bare.filter_map(|article| small.strip_prefix(article)).next();
            all.extend(stem(&format!("ال{}", bare.unwrap_or(&small)), *language));
        }
    }
    all.retain(|term| !term.is_empty());
    all.dedup();
    all
}

/// For each word that is sought the terms of which a record has one. Of Chinese characters each pair is
/// a word.
pub(crate) fn sought(text: &str, most: usize) -> Vec<Vec<String>> {
    let mut words = Vec::new();
    for span in spans(text) {
        let all = terms(text, span, None);
        if span.han {
            let pairs: Vec<&String> = all.iter().filter(|term| term.chars().count() == 2).collect();
            match pairs.as_slice() {
                [] => words.extend(all.into_iter().map(|term| vec![term])),
                pairs => words.extend(pairs.iter().map(|term| vec![(*term).clone()])),
            }
        } else if !all.is_empty() {
            words.push(all);
        }
    }
    words.dedup();
    words.truncate(most);
    words
}

/// The pieces of a text, each with whether it is a form of a word that is sought.
pub fn marked(text: &str, sought_for: &str) -> Vec<(String, bool)> {
    let sought: Vec<String> = sought(sought_for, usize::MAX).into_iter().flatten().collect();
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut add = |piece: &str, marked: bool| match pieces.last_mut() {
        _ if piece.is_empty() => {}
        Some((last, own)) if *own == marked => last.push_str(piece),
        _ => pieces.push((piece.to_owned(), marked)),
    };
    let mut at = 0;
    for span in spans(text) {
        add(&text[at..span.from], false);
        at = span.to;
        let word = &text[span.from..span.to];
        if !span.han {
            let own = terms(text, span, None);
            add(word, own.iter().any(|term| sought.contains(term)));
            continue;
        }
        // Each character that is in a pair that is sought, or is sought by itself.
        let signs: Vec<char> = word.chars().collect();
        for (place, sign) in signs.iter().enumerate() {
            let pair = |from: usize| {
                let pair = signs.get(from..from + 2);
                pair.is_some_and(|pair| sought.contains(&pair.iter().collect()))
            };
            let held =
                pair(place) || place > 0 && pair(place - 1) || sought.contains(&sign.to_string());
            add(&sign.to_string(), held);
        }
    }
    add(&text[at..], false);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text has all words that are sought.
    fn found(text: &str, language: Option<Language>, sought_for: &str) -> bool {
        let kept: Vec<String> =
            spans(text).into_iter().flat_map(|span| terms(text, span, language)).collect();
        let words = sought(sought_for, 10);
        !words.is_empty() && words.iter().all(|terms| terms.iter().any(|term| kept.contains(term)))
    }

    #[test]
    fn a_word_finds_its_forms_in_every_language() {
        for (text, language, sought) in [
            ("Instruments of ratification", Language::En, "ratifications"),
            ("les traités ratifiés", Language::Fr, "traite ratifié"),
            ("los tratados internacionales", Language::Es, "tratado internacional"),
            ("международных договоров", Language::Ru, "международный договор"),
            ("الاتفاقيات الدولية", Language::Ar, "اتفاقيات دولية"),
            ("联合国打击跨国有组织犯罪公约", Language::Zh, "有组织犯罪"),
            ("联合国打击跨国有组织犯罪公约", Language::Zh, "犯罪 公约"),
            ("Côte d’Ivoire", Language::Fr, "cote ivoire"),
            ("مُحَمَّد", Language::Ar, "محمد"),
            ("A/68/127", Language::En, "a/68/127"),
        ] {
            assert!(found(text, Some(language), sought), "{text}: {sought}");
            assert!(found(text, None, sought), "{text}: {sought}");
        }
    }

    #[test]
    fn other_words_are_not_found() {
        for (text, sought) in [
            ("ratification", "nation"),
            ("有组织犯罪", "组犯"),
            ("договор", "разговор"),
            ("نقل", "قتل"),
            ("anything", ""),
            ("anything", "…"),
        ] {
            assert!(!found(text, None, sought), "{text}: {sought}");
        }
    }

    #[test]
    fn what_was_sought_is_marked_and_nothing_is_lost() {
        let show = |text: &str, sought: &str| {
            let pieces = marked(text, sought);
            let whole: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
            assert_eq!(whole, text);
            pieces
                .into_iter()
                .map(|(piece, mark)| if mark { format!("[{piece}]") } else { piece })
                .collect::<String>()
        };
        assert_eq!(show("States parties, a party", "party"), "States [parties], a [party]");
        assert_eq!(show("打击跨国有组织犯罪公约", "组织犯罪"), "打击跨国有[组织犯罪]公约");
        assert_eq!(show("Новые договоры!", "договор"), "Новые [договоры]!");
        assert_eq!(show("", "x"), "");
    }
}
