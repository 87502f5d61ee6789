//! Documents of a matter, handed out to who may read it.
use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

/// Addresses of this room.
pub(super) const ROUTES: &[Route] =
    &[Route::get("/matters/{id}/files/{sha256}", Way::NeedsStep, || get(hand_out))];

pub(super) async fn hand_out(
    seat: Seat,
    Path((id, sha256)): Path<(String, String)>,
) -> Result<Response, Oops> {
    seat.matter(&id).await?;
    let about = format!("matter={id} document={sha256}");
    seat.record("document_read", about, Place::Connections).await?;
    let asked = sha256.clone();
    let found = seat.governed(Place::Connections, move |governance| {
        let document = governance.documents(&id)?.into_iter().find(|document| document.sha256 == asked);
        Ok(document.zip(governance.bytes(&id, &asked)?))
    });
    let Some((document, bytes)) = found.await? else {
        return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound));
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_str(&document.media_type);
    headers
        .insert(header::CONTENT_TYPE, media.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    // A file of others is saved, never shown in the pages' own origin.
    let name: String =
        document.name.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}
