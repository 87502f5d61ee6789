//! Enrolment in the OpenAPI document.
#![expect(dead_code, reason = "carries the descriptions of operations")]
use dancu_message::rest::Problem;

#[utoipa::path(
    get,
    path = "/.well-known/est/cacerts",
    tag = "enrolment",
    operation_id = "est_cacerts",
    summary = "The authority that issues certificates to systems",
    description = "RFC 7030 section 4.1. 404 where no authority is configured.",
    responses(
        (status = 200, description = "PKCS #7 certs-only, base64", body = String, content_type = "application/pkcs7-mime"),
        (status = "4XX", description = "Refused; see the error catalogue", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) fn authorities() {}

#[utoipa::path(
    post,
    path = "/.well-known/est/simpleenroll",
    tag = "enrolment",
    operation_id = "est_simpleenroll",
    summary = "A system's first certificate",
    description = "RFC 7030 section 4.2.1. HTTP Basic: the user is the system's id, the password a one-time code from the \
        managing body. Of the request the key alone is believed; the certificate names what is on record, and is registered \
        in the same act. Every enrolment and every refusal is journalled.",
    request_body(content = String, content_type = "application/pkcs10", description = "PKCS #10, base64 of DER"),
    responses(
        (status = 200, description = "The certificate: PKCS #7 certs-only, base64", body = String, content_type = "application/pkcs7-mime",
            headers(("Dancu-Journal" = String, description = "Number of the journal entry"))),
        (status = "4XX", description = "Refused; see the error catalogue", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Not answered; see the error catalogue", body = Problem, content_type = "application/problem+json")
    ),
    security(("basic" = []))
)]
pub(crate) fn first() {}

#[utoipa::path(
    post,
    path = "/.well-known/est/simplereenroll",
    tag = "enrolment",
    operation_id = "est_simplereenroll",
    summary = "A system's next certificate",
    description = "RFC 7030 section 4.2.2, over a connection by the present certificate. The new one is for the same system and \
        registered at once; the present one goes on to its end, or to the end of the configured overlap if that is earlier.",
    request_body(content = String, content_type = "application/pkcs10", description = "PKCS #10, base64 of DER"),
    responses(
        (status = 200, description = "The certificate: PKCS #7 certs-only, base64", body = String, content_type = "application/pkcs7-mime",
            headers(("Dancu-Journal" = String, description = "Number of the journal entry"))),
        (status = "4XX", description = "Refused; see the error catalogue", body = Problem, content_type = "application/problem+json"),
        (status = "5XX", description = "Not answered; see the error catalogue", body = Problem, content_type = "application/problem+json")
    ),
    security(("mutual_tls" = []))
)]
pub(crate) fn next() {}
