package httpx

import (
	"encoding/base64"
	"log/slog"
	"strings"
)

const redacted = "[redacted]"

// Secret is a key or password. Whatever prints it, at whatever verb, prints that it was redacted.
type Secret string

// String, GoString, MarshalText and LogValue hide the secret.
func (Secret) String() string { return redacted }

// GoString hides the secret.
func (Secret) GoString() string { return redacted }

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
	token := base64.StdEncoding.EncodeToString([]byte(user + ":" + string(key)))
	return Credential{
		header:  Secret("Basic " + token),
		secrets: []Secret{Secret(token), Secret(strings.TrimRight(token, "=")), key}, // some leave the padding out
	}
}

// Bearer returns the credential of a bearer token.
func Bearer(token Secret) Credential {
	return Credential{header: "Bearer " + token, secrets: []Secret{token}}
}

// String hides the credential.
func (Credential) String() string { return redacted }

// GoString hides the credential.
func (Credential) GoString() string { return redacted }
