//! Forms with files, as browsers send them (RFC 7578).
use super::seat::{Oops, Seat};
use crate::door::form::Sent;
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::extract::{Form, FromRequest as _, Multipart, Request};
use axum::http::header;

/// A file of a form.
pub(super) struct SentFile {
    /// Kind of document, from the control's name: `file-order` is an `order`
    pub(super) kind: String,
    /// Name that it had on the sender's machine
    pub(super) name: String,
    /// Its bytes
    pub(super) bytes: Vec<u8>,
}

/// What a form sent.
#[derive(Default)]
pub(super) struct SentForm {
    pub(super) values: Vec<(String, String)>,
    pub(super) files: Vec<SentFile>,
}

impl SentForm {
    /// A value; empty when there is none.
    pub(super) fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }

    /// Reads it, with files or without; a broken one is refused as a form that is not ours.
    pub(super) async fn read(seat: &Seat, request: Request, place: Place) -> Result<Self, Oops> {
        let broken = || Oops::page(seat.shell(place), ErrorKind::Forbidden);
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            let Form(values) = Form::<Sent>::from_request(request, &()).await.map_err(|_| broken())?;
            return Ok(Self { values, files: Vec::new() });
        }
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        let mut form = Self::default();
        while let Some(field) = multipart.next_field().await.map_err(|_| broken())? {
            let Some(control) = field.name().map(ToOwned::to_owned) else { continue };
            let name = field.file_name().map(ToOwned::to_owned);
            match (control.strip_prefix("file-"), name) {
                (Some(kind), Some(name)) => {
                    let bytes = field.bytes().await.map_err(|_| broken())?.to_vec();
                    if !bytes.is_empty() {
                        form.files.push(SentFile { kind: kind.replace('-', "_"), name, bytes });
                    }
                }
                _ => form.values.push((control, field.text().await.map_err(|_| broken())?)),
            }
        }
        Ok(form)
    }
}
