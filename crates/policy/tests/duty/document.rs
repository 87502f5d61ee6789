//! `docs/duties.md` says of every role, action and relation what the code does.
use dancu_policy::duty::{Action, Area, Relation, Ruling, StaffRole, markdown, may};
use std::collections::HashMap;

const DOCUMENT: &str = include_str!("../../../../docs/duties.md");

/// Every cell of the document, read as a person reads it: the heading of the column, the name of the row.
fn cells() -> HashMap<(String, String), String> {
    let mut cells = HashMap::new();
    let mut roles: Vec<String> = Vec::new();
    for line in DOCUMENT.lines().filter(|line| line.starts_with("| ")) {
        let columns: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (name, rest) = columns.split_first().unwrap();
        if Area::from_name(name).is_some() {
            roles = rest.iter().map(|role| role.replace(' ', "_")).collect();
        } else if Action::from_name(name).is_some() {
            assert_eq!(roles.len(), rest.len(), "{name}");
            for (role, cell) in roles.iter().zip(rest) {
                assert!(StaffRole::from_name(role).is_some(), "{role}");
                let twice = cells.insert(((*name).to_owned(), role.clone()), (*cell).to_owned());
                assert!(twice.is_none(), "{name} of {role} stands twice");
            }
        }
    }
    cells
}

fn ruling(cell: &str, relation: Relation) -> Ruling {
    let marks: Vec<&str> = cell.split(", ").collect();
    if marks.contains(&relation.name()) {
        Ruling::Allowed
    } else if marks.contains(&format!("({})", relation.name()).as_str()) {
        Ruling::Refused
    } else {
        Ruling::Hidden
    }
}

#[test]
fn every_role_action_and_relation_is_ruled_as_the_document_says() {
    let cells = cells();
    let mut ruled = 0;
    for role in StaffRole::ALL {
        for action in Action::ALL {
            let cell = cells.get(&(action.name().to_owned(), role.name().to_owned()));
            let cell = cell.unwrap_or_else(|| panic!("{} of {}: no cell", action.name(), role.name()));
            for relation in Relation::ALL {
                let told = ruling(cell, relation);
                assert_eq!(
                    may(role, action, relation),
                    told,
                    "{} {} {}",
                    role.name(),
                    action.name(),
                    relation.name()
                );
                ruled += 1;
            }
        }
    }
    assert_eq!(ruled, StaffRole::ALL.len() * Action::ALL.len() * Relation::ALL.len());
    assert_eq!(cells.len(), StaffRole::ALL.len() * Action::ALL.len(), "no cell too many");
}

#[test]
fn the_document_is_the_one_that_the_code_makes() {
    assert!(DOCUMENT == markdown(), "run: cargo run -p dancu-policy --example duties > docs/duties.md");
}
