//! What the packs of technical cooperation refuse, and what they mark.

use serde_json::Value;

use crate::home::Home;

/// Files for registers, imported in order; the last must be refused, with nothing written.
fn refused(home: &Home, name: &str, files: &[(&str, &str)]) -> String {
    let (last, before) = files.split_last().unwrap();
    for (register, rows) in before {
        home.file("before.csv", rows);
        home.call(&["import", register, "before.csv", "--update"]).done();
    }
    let size = home.size();
    home.file("wrong.csv", last.1);
    let told = home.call(&["import", last.0, "wrong.csv", "--update"]).refused();
    assert_eq!(home.size(), size, "{name}: {told}");
    format!("== {name}\n{told}")
}

#[test]
fn what_must_hold_between_records_is_held() {
    let home = Home::new();
    let organizations = "code,name.en,kind\nngo-a,Example clinic,non_governmental\nngo-b,Example shelter,non_governmental\n";
    let call = "fund,code,title.ar,title.zh,title.en,title.fr,title.ru,title.es,opened,closes,ceiling\n\
                trafficking-victims,call-x,ا,中,Call,a,а,a,2040-01-01,2040-03-31,60000 USD\n";
    let applications = "call,code,organization,title,requested,received,status,checked_on,scored_on,decision,decided_on\n\
                        call-x,app-a,ngo-a,Clinic,50000 USD,2040-02-01,approved,2040-04-01,2040-05-01,Session 1,2040-06-01\n";
    let mut told = vec![
        refused(
            &home,
            "overlapping biennia",
            &[(
                "budget",
                "biennium,term,section,fund_source,stage,amount\n2013,2013-01-01..2013-12-31,section_16,regular_budget,appropriated,1 USD\n",
            )],
        ),
        refused(
            &home,
            "a negative budget",
            &[(
                "budget",
                "biennium,term,section,fund_source,stage,amount\n2030-2031,2030-01-01..2031-12-31,section_16,regular_budget,appropriated,-1 USD\n",
            )],
        ),
        refused(
            &home,
            "an amount with two currencies",
            &[(
                "budget",
                "biennium,term,section,fund_source,stage,amount\n2030-2031,2030-01-01..2031-12-31,section_16,regular_budget,appropriated,100 USD EUR\n",
            )],
        ),
        refused(
            &home,
            "a participant count smaller than its parts",
            &[(
                "activity",
                "code,kind,title.ar,title.zh,title.en,title.fr,title.ru,title.es,level,themes,held,held_known_to,participants,women,men\n\
                 course-x,training_course,ا,中,Course,a,а,a,national,corruption,2040-01-01..2040-01-05,day,20,12,9\n",
            )],
        ),
        refused(
            &home,
            "a symbol that fits no grammar",
            &[(
                "document",
                "symbol,citation.ar,citation.zh,citation.en,citation.fr,citation.ru,citation.es,kind\nA/68-127,a,a,a,a,a,a,report\nE/CN.15/,a,a,a,a,a,a,report\nA/RES/64,a,a,a,a,a,a,resolution\nCTOC/COP,a,a,a,a,a,a,report\n",
            )],
        ),
    ];
    told.push(refused(
        &home,
        "an assessor scoring their own organization",
        &[
            ("organization", organizations),
            ("call", call),
            ("application", applications),
            ("assessor", "code,name,organization\nassessor-a,Example,ngo-a\n"),
            ("assessment", "application,assessor,criterion,score,date\napp-a,assessor-a,relevance,90,2040-04-15\n"),
        ],
    ));
    told.push(refused(
        &home,
        "tranches above the grant",
        &[
            (
                "award",
                "application,code,amount,term,signed,status\napp-a,award-a,40000 USD,2040-07-01..2041-06-30,2040-06-15,agreed\n",
            ),
            ("tranche", "award,number,amount,due\naward-a,1,25000 USD,2040-08-01\n"),
            ("tranche", "award,number,amount,due\naward-a,2,20000 USD,2040-12-01\n"),
        ],
    ));
    told.push(refused(
        &home,
        "a tranche in another currency",
        &[("tranche", "award,number,amount,due\naward-a,2,1000 EUR,2040-12-01\n")],
    ));
    told.push(refused(
        &home,
        "a recommendation closed without evidence",
        &[
            (
                "evaluation",
                "code,title.ar,title.zh,title.en,title.fr,title.ru,title.es,kind,term,status\neval-a,ا,中,Evaluation,a,а,a,project,2040-01-01..2040-06-30,under_way\n",
            ),
            (
                "evaluation_recommendation",
                "evaluation,number,addressee,priority,response,response_on,status\n\
                 eval-a,1,project_manager,high,accepted,2040-07-15,under_way\n",
            ),
            (
                "evaluation_recommendation",
                "evaluation,number,addressee,response,response_on,status,closed_on\neval-a,1,project_manager,accepted,2040-07-15,closed,2040-12-01\n",
            ),
        ],
    ));
    // The other side of a rule, a limit or an amount is no way around it.
    told.push(refused(
        &home,
        "the assessor becomes one of the applicant",
        &[
            ("assessor", "code,name,organization\nassessor-b,Example,ngo-b\n"),
            ("assessment", "application,assessor,criterion,score,date\napp-a,assessor-b,relevance,90,2040-04-15\n"),
            ("assessor", "code,name,organization\nassessor-b,Example,ngo-a\n"),
        ],
    ));
    told.push(refused(
        &home,
        "the grant falls below its tranches",
        &[("award", "application,code,amount,term,signed,status\napp-a,award-a,20000 USD,2040-07-01..2041-06-30,2040-06-15,agreed\n")],
    ));
    told.push(refused(
        &home,
        "an amount in two columns",
        &[("tranche", "award,number,amount,amount.currency,due\naward-a,3,5 USD,EUR,2040-12-01\n")],
    ));
    told.push(refused(
        &home,
        "more places than can be added up",
        &[("tranche", "award,number,amount,due\naward-a,3,1.0000000001 USD,2040-12-01\n")],
    ));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn an_invented_record_never_takes_the_place_of_a_fact() {
    let home = Home::new();
    home.file("organizations.csv", "code,name.en,kind\ngov-aus,Invented,private\n");
    let call = ["import", "organization", "organizations.csv", "--update", "--demonstration"];
    let told = home.call(&call).refused();
    assert!(told.contains("which is recorded as a fact"), "{told}");
}

#[test]
fn what_is_invented_is_marked_wherever_it_shows() {
    let home = Home::demonstration();
    let listed = home.call(&["entries", "activity", "--json"]).done().json();
    let invented = |record: &&Value| record["demonstration"] == Value::Bool(true);
    let all = listed.as_array().unwrap();
    let marked = all.iter().filter(invented).count();
    assert!(
        marked > 50 && marked < all.len(),
        "facts and invented records: {marked} of {}",
        all.len()
    );
    let period = ["from=2012-05-25", "to=2013-05-24"];
    let figure = home.call(&[&["measure", "programmes.courses"], &period[..]].concat()).done();
    assert!(figure.err.contains("demonstration data: "), "{figure}");
    let figure = home.call(&["measure", "treaties.parties", "instrument=uncac", "at=2013-05-24"]);
    assert!(!figure.done().err.contains("demonstration"), "facts are not marked");
    // The same packs give the same records everywhere.
    let again = Home::demonstration();
    assert_eq!(listed, again.call(&["entries", "activity", "--json"]).done().json());
    // A table of invented records says so, and keeps saying so where it is read.
    home.call(&["export", "activity", "--out", "activities.csv"]).done();
    let other = Home::demonstration();
    std::fs::copy(home.path().join("activities.csv"), other.path().join("activities.csv")).unwrap();
    let text = std::fs::read_to_string(other.path().join("activities.csv")).unwrap();
    assert!(text.lines().next().unwrap().ends_with(",source,demonstration"), "{text}");
    let told = other.call(&["import", "activity", "activities.csv"]).done().out;
    assert!(told.contains(" 0 added, 0 superseded,"), "{told}");
    for language in ["en", "ar"] {
        let page = format!("annual.{language}.html");
        home.call(&["report", "build", "annual", "--lang", language, "--out", &page]).done();
        let page = std::fs::read_to_string(home.path().join(page)).unwrap();
        let mark =
            if language == "en" { "Demonstration data" } else { "بيانات توضيحية" };
        assert!(page.contains("class=\"figure invented\"") && page.contains(mark));
    }
}

#[test]
fn amounts_in_two_currencies_are_never_added() {
    let home = Home::new();
    home.file("organizations.csv", "code,name.en,kind\ndonor-a,Example donor,government\n");
    home.call(&["import", "organization", "organizations.csv"]).done();
    home.file(
        "contributions.csv",
        "code,donor,kind,purpose,amount,received,fund_source,earmarking\n\
         c-1,donor-a,cash,general,100.10 USD,2040-01-01,special_purpose,hard\n\
         c-2,donor-a,cash,general,200.20 USD,2040-01-02,special_purpose,hard\n\
         c-3,donor-a,cash,general,50.05 EUR,2040-01-03,special_purpose,hard\n",
    );
    home.call(&["import", "contribution", "contributions.csv"]).done();
    let call = ["measure", "funds.contributions", "from=2040-01-01", "to=2040-12-31"];
    let told = home.call(&call).refused();
    assert!(told.contains("amounts in EUR, USD"), "{told}");
    let sum = home.call(&[&call[..], &["currency=USD", "--json"]].concat()).done().json();
    assert_eq!((&sum["value"], &sum["unit"]), (&Value::from("300.3"), &Value::from("USD")));
}

/// A resolution is found by the words with which each language cites it.
#[test]
fn symbols_and_citations_are_read_in_six_languages() {
    let home = Home::new();
    for cited in [
        "A/RES/64/293",
        "القرار 64/293",
        "第64/293号决议",
        "resolution 64/293",
        "résolution 64/293",
        "резолюция 64/293",
        "resolución 64/293",
    ] {
        let document = format!("document={cited}");
        let figure = home.call(&["measure", "mandates.mandates", &document, "--json"]);
        assert_eq!(figure.done().json()["parameters"]["document"], "A/RES/64/293", "{cited}");
    }
    let told = home.call(&["measure", "mandates.mandates", "document=resolution 64/294"]).refused();
    assert!(told.contains("which no one knows"), "{told}");
}
