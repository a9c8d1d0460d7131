"""Why a letter could not be handed in, in words, and whether it ever can be."""

import ssl
from dataclasses import dataclass

import aiosmtplib

PERMANENT = 500
_SIGN_IN_FIRST = 530


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong. What is wrong `for_good` is not tried again by itself."""

    words: str
    for_good: bool = False


def problem_of(error: Exception) -> Problem:
    """What an error of the conversation with a mail server means.

    What somebody may put right at the server or in the settings is no reason to give a letter up: the next
    try may go through. Only what the server says about this very letter, for good, is.
    """
    if encrypting := _of_encryption(error):
        return encrypting
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{one.recipient}: {one.code} {one.message}" for one in error.recipients)
        gone = all(one.code >= PERMANENT for one in error.recipients)
        return Problem(f"The mail server does not take letters to {said}", gone)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _of_answer(error)
    return Problem(_of_connection(error))


def _of_answer(error: aiosmtplib.SMTPResponseException) -> Problem:
    said = f"{error.code} {error.message}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Problem(f"The mail server does not take SMTP_USERNAME and SMTP_PASSWORD: {said}")
    if error.code == _SIGN_IN_FIRST:
        return Problem(
            f"The mail server wants somebody to sign in: set SMTP_USERNAME and SMTP_PASSWORD. {said}"
        )
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return Problem(f"The mail server takes no letters from MAIL_FROM: {said}", error.code >= PERMANENT)
    return Problem(f"The mail server says {said}", error.code >= PERMANENT)


def _of_connection(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return "The mail server hung up before it had taken the letter."
    if isinstance(error, TimeoutError):
        return "The mail server does not answer. Check SMTP_HOST, SMTP_PORT and SMTP_SECURITY."
    if isinstance(error, aiosmtplib.SMTPException) and not isinstance(error, OSError):
        return f"The mail server cannot be used with these settings: {error.message}"
    # what is below says it shorter, where it says anything
    return f"The mail server cannot be reached: {str(error.__cause__ or '') or error}"


def _of_encryption(error: Exception) -> Problem | None:
    """What is wrong with TLS; None where it is something else."""
    for one in (error, error.__cause__):
        if isinstance(one, ssl.SSLCertVerificationError):
            return Problem(
                f"The certificate of the mail server is not trusted: {one.verify_message}."
                " SMTP_CA_FILE names certificates to trust besides those of the system."
            )
        if isinstance(one, ssl.SSLError):
            why = (one.reason or str(one)).replace("_", " ").lower()
            return Problem(
                f"No encrypted connection to the mail server: {why}. Check SMTP_SECURITY and SMTP_PORT."
            )
    return None
