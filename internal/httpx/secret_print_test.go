package httpx_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"rollcall/internal/httpx"
)

// However a secret is held and printed, with a verb that fits or one that does not, what comes out does not have it. A field
// that is not exported is the hard case: fmt does not ask its methods.
func TestSecret_isNotPrinted(t *testing.T) {
	const user, key = "ines@acme.example", "s3cret-key"
	held, credential := httpx.NewSecret(key), httpx.Basic(user, httpx.NewSecret(key))
	here := base
	client, err := httpx.New(&here, credential, httpx.Pace{}, httpx.Options{Transport: &script{}})
	if err != nil {
		t.Fatal(err)
	}
	type exported struct {
		Key        httpx.Secret
		Credential httpx.Credential
		Keys       []httpx.Secret
	}
	type hidden struct {
		key        httpx.Secret
		credential httpx.Credential
		keys       []httpx.Secret
		byName     map[string]httpx.Secret
		any        any
		inside     exported
	}
	outside := exported{held, credential, []httpx.Secret{held}}
	inside := hidden{held, credential, []httpx.Secret{held}, map[string]httpx.Secret{"a": held}, held, outside}
	values := map[string]any{
		"a secret": held, "a pointer to one": &held, "a list": []httpx.Secret{held}, "a map": map[string]httpx.Secret{"a": held},
		"a map of keys": map[httpx.Secret]int{held: 1}, "a credential": credential, "a pointer to a credential": &credential,
		"a bearer": httpx.Bearer(held), "exported fields": outside, "a pointer to exported fields": &outside,
		"hidden fields": inside, "a pointer to hidden fields": &inside, "the client": client, "an error": errors.Join(fmt.Errorf("key %v: %w", held, errors.New("refused"))),
	}
	telling := []string{key, hex.EncodeToString([]byte(key)), hex.EncodeToString([]byte("Basic "))}
	for _, token := range secretsOf(user, key) {
		telling = append(telling, token)
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, verb := range []string{"v", "+v", "#v", "s", "q", "x", "X", "d", "t", "c", "U", "e", "p", "T", "!"} {
				fmt.Fprintf(&out, "%"+verb+"\n", value)
			}
			fmt.Fprintln(&out, value)
			data, err := json.Marshal(value)
			fmt.Fprintf(&out, "%s %v\n", data, err)
			for _, log := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
				log.Info("all of it", "value", value, slog.Group("of", "value", value))
			}
			for _, secret := range telling {
				if i := strings.Index(strings.ToLower(out.String()), strings.ToLower(secret)); i >= 0 {
					t.Errorf("printed: %s", out.String()[max(0, i-80):i+len(secret)])
				}
			}
		})
	}
}
