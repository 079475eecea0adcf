// Package notify tells others that the tool is not as the roster says: a fingerprint of the difference, what was told last,
// the documents that are sent, and the sending. It reads nothing but the plan; it must not know a tool, read or write a
// file, or name the address it sends to.
package notify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
)

// Form is what a receiver understands.
type Form string

// The forms.
const (
	FormWebhook Form = "webhook" // a document of JSON, see Document
	FormSlack   Form = "slack"   // an incoming webhook of Slack
)

// Forms lists every form.
func Forms() []string { return []string{string(FormWebhook), string(FormSlack)} }

// Drift is what there is to tell.
type Drift struct {
	Plan *plan.Plan // not empty
	Time time.Time  // when it was found
}

// Roster returns the root file of a roster, as messages and states name it: the first of its files, in letters that JSON can
// say, so that it is the same when it is read.
func Roster(files []directory.File) string {
	if len(files) == 0 {
		return ""
	}
	return strings.ToValidUTF8(files[0].Path, "\uFFFD")
}

// Sender sends to one receiver.
type Sender struct {
	Form    Form
	To      httpx.Webhook
	Secret  httpx.Secret // that FormWebhook is signed with; the zero Secret: it is not signed
	Options httpx.Options
}

// signature is the header with the HMAC-SHA256 of the document, as other senders of webhooks have it.
const signature = "X-Rollcall-Signature"

// Send sends a message. Its errors are those of httpx.Webhook.Post, which know nothing of the address.
func (s *Sender) Send(ctx context.Context, d Drift) error {
	var body []byte
	var err error
	var header map[string]string
	switch s.Form {
	case FormWebhook:
		body, err = Webhook(d)
		if s.Secret != (httpx.Secret{}) && err == nil {
			header = map[string]string{signature: "sha256=" + s.Secret.Sign(body)}
		}
	case FormSlack:
		body, err = Slack(d)
	default:
		err = fmt.Errorf("form %q is not known", s.Form)
	}
	if err != nil {
		return err
	}
	return s.To.Post(ctx, body, header, s.Options)
}
