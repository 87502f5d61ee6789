//! An operation: its address with the duty that it needs, and what the document says of it.
use super::super::Shared;
use super::super::table::{Route, Way};
use super::shapes::Page;
use axum::routing::MethodRouter;
use serde::de::DeserializeOwned;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema as _, ToSchema};

/// An operation of the API.
pub(in super::super) struct Operation {
    /// Its address
    pub(in super::super) route: Route,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    /// Values of the address after the question mark, with what they are
    pub(super) query: &'static [(&'static str, &'static str)],
    pub(super) takes: Option<Takes>,
    /// A body that is a file of one of these types
    pub(super) brings: &'static [&'static str],
    pub(super) gives: Gives,
    pub(super) etag: bool,
}

/// What is sent.
pub(super) struct Takes {
    pub(super) shape: Shape,
    pub(super) example: &'static str,
    /// That a text is of the shape, as the handler reads it
    pub(super) check: fn(&str) -> Result<(), serde_json::Error>,
}

/// What is answered when all is well.
pub(super) enum Gives {
    /// JSON of a shape, with this status
    Json(u16, Shape),
    /// A file of this type
    File(&'static str),
    /// Nothing
    Nothing,
}

/// A type by its place in the document.
pub(super) struct Shape {
    pub(super) name: fn() -> std::borrow::Cow<'static, str>,
    pub(super) schema: fn() -> RefOr<Schema>,
    pub(super) inner: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl Shape {
    const fn of<T: ToSchema>() -> Self {
        Self { name: T::name, schema: T::schema, inner: T::schemas }
    }

    /// A page of these: a shape with a name of its own.
    const fn page<T: ToSchema>() -> Self {
        Self { name: page_name::<T>, schema: Page::<T>::schema, inner: page_inner::<T> }
    }
}

fn page_name<T: ToSchema>() -> std::borrow::Cow<'static, str> {
    format!("PageOf{}", T::name()).into()
}

fn page_inner<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
}

fn check<T: DeserializeOwned>(example: &str) -> Result<(), serde_json::Error> {
    serde_json::from_str::<T>(example).map(|_| ())
}

impl Operation {
    const fn new(route: Route, tag: &'static str, id: &'static str, summary: &'static str) -> Self {
        Self {
            route,
            id,
            tag,
            summary,
            query: &[],
            takes: None,
            brings: &[],
            gives: Gives::Nothing,
            etag: false,
        }
    }

    /// Reads.
    pub(super) const fn get(
        path: &'static str,
        way: Way,
        says: [&'static str; 3],
        handler: fn() -> MethodRouter<Shared>,
    ) -> Self {
        let [tag, id, summary] = says;
        Self::new(Route::get(path, way, handler), tag, id, summary)
    }

    /// Does.
    pub(super) const fn post(
        path: &'static str,
        way: Way,
        says: [&'static str; 3],
        handler: fn() -> MethodRouter<Shared>,
    ) -> Self {
        let [tag, id, summary] = says;
        Self::new(Route::post(path, way, handler), tag, id, summary)
    }

    /// Puts in the place of what was there.
    pub(super) const fn put(
        path: &'static str,
        way: Way,
        says: [&'static str; 3],
        handler: fn() -> MethodRouter<Shared>,
    ) -> Self {
        let [tag, id, summary] = says;
        Self::new(Route::of("PUT", path, way, handler), tag, id, summary)
    }

    /// Takes away.
    pub(super) const fn delete(
        path: &'static str,
        way: Way,
        says: [&'static str; 3],
        handler: fn() -> MethodRouter<Shared>,
    ) -> Self {
        let [tag, id, summary] = says;
        Self::new(Route::of("DELETE", path, way, handler), tag, id, summary)
    }

    pub(super) const fn query(mut self, query: &'static [(&'static str, &'static str)]) -> Self {
        self.query = query;
        self
    }

    pub(super) const fn takes<T: ToSchema + DeserializeOwned>(mut self, example: &'static str) -> Self {
        self.takes = Some(Takes { shape: Shape::of::<T>(), example, check: check::<T> });
        self
    }

    /// Takes a file as its body.
    pub(super) const fn brings(mut self, media: &'static [&'static str]) -> Self {
        self.brings = media;
        self
    }

    pub(super) const fn gives<T: ToSchema>(mut self) -> Self {
        self.gives = Gives::Json(200, Shape::of::<T>());
        self
    }

    /// Gives a page of a list.
    pub(super) const fn pages<T: ToSchema>(mut self) -> Self {
        self.gives = Gives::Json(200, Shape::page::<T>());
        self
    }

    pub(super) const fn creates<T: ToSchema>(mut self) -> Self {
        self.gives = Gives::Json(201, Shape::of::<T>());
        self
    }

    pub(super) const fn file(mut self, media: &'static str) -> Self {
        self.gives = Gives::File(media);
        self
    }

    /// Its answer has an `ETag`, and what changes it may be sent with `If-Match`.
    pub(super) const fn etag(mut self) -> Self {
        self.etag = true;
        self
    }
}

/// Pages of every list.
pub(super) const PAGED: &[(&str, &str)] =
    &[("after", "`next` of the page before"), ("limit", "Rows of a page, 1 to 200; 50 when it is not said")];
