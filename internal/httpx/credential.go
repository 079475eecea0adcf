package httpx

import (
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
)

const redacted = "[redacted]"

// Secret is a key or password. Whatever prints it, at whatever verb, prints that it was redacted; and where it is a field
// that is not exported, whose methods are not asked, an address, because the text stands behind a pointer. The zero Secret
// is none.
type Secret struct{ text *string }

// NewSecret returns a text as a Secret.
func NewSecret(text string) Secret { return Secret{&text} }

// reveal returns the text.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no text.
func (s Secret) Empty() bool { return s.reveal() == "" }

// String, Format, MarshalText and LogValue hide the secret.
func (Secret) String() string { return redacted }

// Format hides the secret, also from verbs that are not for texts.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Credential is what a request is authorized with. A client sends it to the host it was made for and to no other. The
// zero Credential is none.
type Credential struct {
	header  Secret   // value of the Authorization header
	secrets []Secret // what must not be shown even if a server echoes it
}

// Basic returns the credential of HTTP Basic authentication.
func Basic(user string, key Secret) Credential {
	token := base64.StdEncoding.EncodeToString([]byte(user + ":" + key.reveal()))
	return Credential{
		header:  NewSecret("Basic " + token),
		secrets: []Secret{NewSecret(token), NewSecret(strings.TrimRight(token, "=")), key}, // some leave the padding out
	}
}

// Form returns the fields of a form as a body of application/x-www-form-urlencoded, with one more that is secret.
func Form(fields url.Values, name string, value Secret) Secret {
	form := url.Values{name: {value.reveal()}}
	for other, values := range fields {
		form[other] = values
	}
	return NewSecret(form.Encode())
}

// Bearer returns the credential of a bearer token.
func Bearer(token Secret) Credential {
	return Credential{header: NewSecret("Bearer " + token.reveal()), secrets: []Secret{token}}
}

// String hides the credential.
func (Credential) String() string { return redacted }

// Format hides the credential, at any verb.
func (Credential) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
