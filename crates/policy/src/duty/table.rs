//! The matrix for people to read: `docs/duties.md`.
use super::{AccountKind, Action, Area, Relation, Ruling, Seat, StaffRole, may};
use std::fmt::Write as _;

const HEAD: &str = "\
# Who may do what

Made from `crates/policy/src/duty` by `cargo run -p dancu-policy --example duties`; a test holds it to the code.

These are the duties of **staff**, the people who sign in to the console. The roles of *officers' accounts* are another matter
(`crates/policy/data/law.toml`): they come from the registration form, belong to an account under a connected system, and say
which services a call on the road may use and, as `duties` there, whether its holder answers citizens' inquiries or examines the
journal at the officers' door. An officer's account never signs in to the console, and a member of staff never makes a call.

In a cell stands whose things the role may do it to:

| mark | relation |
| --- | --- |
| own | a thing of the person's own organisation |
| other | a thing of another organisation |
| none | a thing of the managing body, or of no organisation |
| self | the person's own account, or what the person asked for |
| (own), (other), … | it sees the thing and is refused (403) |

What is not named at all is hidden: the answer is 404, for reading and for everything else.

An action on what one asked for oneself (self) is a decision that somebody else must take, unless the cell names it. Whoever did
an earlier step does not approve the later one either: that is checked with accounts, not with roles.
";

/// The text of `docs/duties.md`.
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for seat in Seat::ALL {
        let roles: Vec<StaffRole> = StaffRole::ALL.into_iter().filter(|role| role.seat() == seat).collect();
        let title = match seat {
            Seat::ManagingBody => "The managing body",
            Seat::Organisation => "Organisations",
        };
        let _ = write!(text, "\n## {title}\n");
        for area in Area::ALL {
            section(&mut text, area, &roles);
        }
    }
    kinds(&mut text);
    clashes(&mut text);
    text
}

fn section(text: &mut String, area: Area, roles: &[StaffRole]) {
    let _ = write!(text, "\n| {} |", area.name());
    for role in roles {
        let _ = write!(text, " {} |", words(role.name()));
    }
    let _ = write!(text, "\n| --- |{}\n", " --- |".repeat(roles.len()));
    for action in Action::ALL.into_iter().filter(|action| action.area() == area) {
        let _ = write!(text, "| {} |", action.name());
        for role in roles {
            let marks = Relation::ALL.into_iter().filter_map(|relation| match may(*role, action, relation) {
                Ruling::Allowed => Some(relation.name().to_owned()),
                Ruling::Refused => Some(format!("({})", relation.name())),
                Ruling::Hidden => None,
            });
            let marks: Vec<String> = marks.collect();
            let _ = write!(text, " {} |", marks.join(", "));
        }
        text.push('\n');
    }
}

fn kinds(text: &mut String) {
    text.push_str("\n## Kinds of account\n\nAn account has one kind for good; work of two kinds needs two accounts.\n\n");
    text.push_str("| kind | roles that it may hold |\n| --- | --- |\n");
    for kind in AccountKind::ALL {
        let roles = StaffRole::ALL.into_iter().filter(|role| kind.may_hold(*role));
        let names: Vec<String> = roles.map(|role| words(role.name())).collect();
        let shown = if names.is_empty() { "none: it is a program".to_owned() } else { names.join(", ") };
        let _ = writeln!(text, "| {} | {shown} |", kind.name());
    }
}

fn clashes(text: &mut String) {
    text.push_str("\n## Roles kept apart\n\n| role | never on one account with |\n| --- | --- |\n");
    for role in StaffRole::ALL {
        let others = StaffRole::ALL.into_iter().filter(|other| role.clashes(*other));
        let names: Vec<String> = others.map(|other| words(other.name())).collect();
        let _ = writeln!(text, "| {} | {} |", words(role.name()), names.join(", "));
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}
