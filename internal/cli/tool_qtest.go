package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"rollcall/internal/provider/qtest"
	"rollcall/internal/render"
	"rollcall/internal/sim/qtestsim"
)

func qtestTool() tool {
	return tool{
		kind:   "qtest",
		name:   "qTest",
		prefix: "QTEST",
		logins: []login{{secret: "TOKEN", noun: "token"}, {user: "USER", secret: "PASSWORD", noun: "password", spaces: true}},
		lacks: map[string]string{
			"role":                "it has no roles: groups give rights over the site, and a profile those in a project",
			"email_notifications": "its people choose their mails themselves",
			"mfa_required":        "the way to sign on asks for a second factor: see auth",
			"sso_enabled":         "auth says how a person signs on",
			"assigned_projects":   "projects are those that a person is a member of",
		},
		parseURL: qtest.ParseURL,
		reader: func(a access) (remote, error) {
			r, err := qtest.NewReader(qtestConfig(a))
			return r, err
		},
		writer: func(a access) (writer, error) {
			w, err := qtest.NewWriter(qtestConfig(a))
			return w, err
		},
		diagnose: diagnoseQTest,
		advise:   func(err error) string { return qtest.Explain(err).Hint },
		simulation: simulation{
			snapshots: qtestsim.SnapshotKind,
			options:   qtestsim.Options(),
			scratch:   func() switches { return new(qtestsim.Switches) },
			generate: func(seed uint64, size companySize) world {
				return &qtestWorld{qtestsim.Generate(seed, qtestsim.GenOptions{Users: size.users, Groups: size.groups, Projects: size.projects})}
			},
			load: func(r io.Reader) (world, error) {
				s, err := qtestsim.Load(r)
				return &qtestWorld{s}, err
			},
		},
	}
}

func qtestConfig(a access) qtest.Config {
	config := qtest.Config{URL: a.url, Pace: a.pace, HTTP: a.client(), OnRead: a.onRead}
	if a.user == "" {
		config.Token = a.key
	} else {
		config.User, config.Password = a.user, a.key
	}
	return config
}

func diagnoseQTest(ctx context.Context, a access) ([]finding, error) {
	r, err := qtest.NewReader(qtestConfig(a))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var found []finding
	for _, f := range r.Diagnose(ctx) {
		if !f.OK && f.Err == nil && f.Check == qtest.CheckAdministrator {
			f.Err = errNotAdministrator
		}
		found = append(found, finding{Finding: render.Finding{OK: f.OK, Text: f.Text, Hint: f.Hint}, Check: string(f.Check), err: f.Err})
	}
	return found, nil
}

// qtestWorld is a state of the simulator of qTest.
type qtestWorld struct{ qtestsim.Snapshot }

func (w *qtestWorld) switches() switches { return &w.Switches }

func (w *qtestWorld) url() string { return w.URL }

func (w *qtestWorld) about() string {
	active := 0
	for i := range w.Users {
		if w.Users[i].Status == qtestsim.StatusActive {
			active++
		}
	}
	return fmt.Sprintf("qTest %s, %s: %s (%d active), %s, %s", w.Switches.Get("generation"), w.Switches.Get("edition"),
		count(len(w.Users), "account", "accounts"), active, count(len(w.Groups), "group", "groups"), count(len(w.Projects), "project", "projects"))
}

// admin returns the token of the default administrator, or of the first active one.
func (w *qtestWorld) admin() (user, key string, ok bool) {
	var admins []int
	for _, g := range w.Groups {
		if g.Name == qtestsim.Administrators && g.System {
			admins = g.UserIDs
		}
	}
	able := slices.DeleteFunc(slices.Clone(w.Users), func(u qtestsim.User) bool {
		return u.Status != qtestsim.StatusActive || !slices.Contains(admins, u.ID)
	})
	if len(able) == 0 {
		return "", "", false
	}
	admin := able[0]
	if i := slices.IndexFunc(able, func(u qtestsim.User) bool { return u.Username == qtestsim.DefaultAdmin }); i >= 0 {
		admin = able[i]
	}
	return "", qtestsim.TokenPrefix + strconv.Itoa(admin.ID), true
}

func (w *qtestWorld) serve(log io.Writer) (service, error) {
	server, err := qtestsim.New(w.Snapshot)
	if err != nil {
		return nil, err
	}
	server.Log = log
	return server, nil
}
