package notify

import (
	"bytes"
	"encoding/json"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// documentVersion is the version of the form of a Document.
const documentVersion = 1

// How much of a drift a document names; what is more is counted. A receiver gets what a person reads, in some kilobytes: the
// whole is what `drift --report` writes.
const (
	mostActions = 50
	mostMembers = 20
	mostNotes   = 20
)

// Document is what FormWebhook sends, as schema/notify.schema.json describes it.
type Document struct {
	FormatVersion int          `json:"format_version"`
	Kind          string       `json:"kind"` // "drift"
	Time          string       `json:"time"` // when it was found, RFC 3339 in UTC
	ToolVersion   string       `json:"tool_version"`
	Target        plan.Target  `json:"target"`
	Roster        string       `json:"roster"`
	Scope         plan.Scope   `json:"scope"`
	Fingerprint   string       `json:"fingerprint"`
	Headline      string       `json:"headline"`
	Summary       plan.Summary `json:"summary"`
	Refused       bool         `json:"refused"`
	Actions       []Action     `json:"actions"`
	MoreActions   int          `json:"more_actions"`
	Guards        []Guard      `json:"guards"`
	MoreGuards    int          `json:"more_guards"`
	Notes         []plan.Note  `json:"notes"`
	MoreNotes     int          `json:"more_notes"`
}

// Action is one step that would end the drift.
type Action struct {
	Kind    plan.Kind          `json:"kind"`
	Subject string             `json:"subject"`
	Admin   bool               `json:"admin,omitempty"`
	Cause   plan.Cause         `json:"cause"`
	Fields  []plan.FieldChange `json:"fields,omitempty"`
	Members *Members           `json:"members,omitempty"`
	Detail  string             `json:"detail,omitempty"`
	Source  *directory.Pos     `json:"source,omitempty"`
}

// Members says how the members of a group or project would change: addresses, or "#12" for an account that has none.
type Members struct {
	Add         []string `json:"add"`
	MoreAdded   int      `json:"more_added"`
	Remove      []string `json:"remove"`
	MoreRemoved int      `json:"more_removed"`
	Keep        int      `json:"keep"`
}

// Guard is what a guard found that is not just fine.
type Guard struct {
	Guard   directory.GuardName `json:"guard"`
	Status  plan.GuardStatus    `json:"status"`
	Subject string              `json:"subject,omitempty"`
	Count   int                 `json:"count"`
	Limit   int                 `json:"limit"`
	Text    string              `json:"text"`
}

// Webhook returns the document of a drift, in the order of every output: what is dangerous when overlooked comes first.
func Webhook(d Drift) ([]byte, error) {
	fingerprint, err := Fingerprint(d.Plan)
	if err != nil {
		return nil, err
	}
	p, outline := d.Plan, render.OutlineOf(d.Plan)
	doc := Document{
		FormatVersion: documentVersion, Kind: "drift", Time: d.Time.UTC().Format(time.RFC3339), ToolVersion: p.ToolVersion,
		Target: p.Target, Roster: Roster(p.Basis.Files), Scope: p.Scope, Fingerprint: fingerprint,
		Headline: outline.Headline, Summary: p.Summary.Whole(), Refused: len(p.Refused()) > 0,
		Actions: []Action{}, Guards: []Guard{}, Notes: append([]plan.Note{}, p.Notes[:min(len(p.Notes), mostNotes)]...),
		MoreNotes: max(0, len(p.Notes)-mostNotes),
	}
	for _, section := range outline.Sections {
		for _, a := range section.Actions {
			if len(doc.Actions) == mostActions {
				doc.MoreActions++
				continue
			}
			doc.Actions = append(doc.Actions, actionOf(a))
		}
	}
	for _, g := range p.Guards {
		switch {
		case g.Status == plan.GuardOK:
		case len(doc.Guards) == mostNotes:
			doc.MoreGuards++
		default:
			doc.Guards = append(doc.Guards, Guard{Guard: g.Guard, Status: g.Status, Subject: g.Subject, Count: g.Count, Limit: g.Limit, Text: g.Text})
		}
	}
	return encoded(doc)
}

func actionOf(a *plan.Action) Action {
	out := Action{Kind: a.Kind, Subject: a.Subject, Admin: a.Admin, Cause: a.Cause, Fields: a.Fields, Detail: a.Detail, Source: a.Source}
	if a.Members != nil {
		out.Members = &Members{Keep: a.Members.Keep}
		out.Members.Add, out.Members.MoreAdded = addresses(a.Members.Add)
		out.Members.Remove, out.Members.MoreRemoved = addresses(a.Members.Remove)
	}
	return out
}

// addresses returns the first members, and how many there are more.
func addresses(members []plan.Member) (list []string, more int) {
	list = make([]string, min(len(members), mostMembers))
	for i := range list {
		list[i] = string(members[i].User)
		if list[i] == "" {
			list[i] = nameless(members[i])
		}
	}
	return list, len(members) - len(list)
}

// encoded returns a value as JSON in one line.
func encoded[T any](v T) ([]byte, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(text.Bytes()), err
}
