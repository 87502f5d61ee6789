//! The engine against the truth, and the cases that must come out right.
mod cases;
mod nation;
mod quality;
