package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// nearAddresses is how many addresses are shown where none is the one that was asked for.
const nearAddresses = 5

// userAnswer is the result of list user as JSON.
type userAnswer struct {
	FormatVersion int               `json:"format_version"`
	Target        plan.Target       `json:"target"`
	Users         []userRow         `json:"users"`
	Near          []directory.Email `json:"near"`
}

// showUser shows the accounts that somebody may have meant: of that id, of that address, or with that in their name. It
// ends with an error if there is none, so that scripts can tell.
func (r *run) showUser(v *listView, target plan.Target, who string) error {
	found := v.find(who)
	a := userAnswer{FormatVersion: 1, Target: target, Users: found, Near: []directory.Email{}}
	if len(found) == 0 {
		a.Users, a.Near = []userRow{}, v.near(who)
	}
	switch r.o.format {
	case formatJSON:
		if err := render.JSON(r.env.Stdout, a); err != nil {
			return err
		}
	case formatCSV:
		if err := show(r, listDocument{}, v.userColumns(), found); err != nil {
			return err
		}
	default:
		for i, u := range found {
			if i > 0 {
				fmt.Fprintln(r.env.Stdout)
			}
			if err := r.card(v, u); err != nil {
				return err
			}
		}
	}
	if len(found) > 0 {
		return nil
	}
	hint := "`rollcall list users` shows all"
	if len(a.Near) > 0 {
		texts := make([]string, len(a.Near))
		for i, e := range a.Near {
			texts[i] = string(e)
		}
		hint = "near: " + strings.Join(texts, ", ")
	}
	return &hintedError{fmt.Errorf("user %q does not exist", who), hint}
}

// card shows one account, a line for each fact that the tool knows of.
func (r *run) card(v *listView, u userRow) error {
	rows := [][]string{{"id", id(u.ID)}, {"email", string(u.Email)}, {"name", u.Name}}
	if v.caps.NameParts {
		rows = append(rows, []string{"given name", u.GivenName}, []string{"family name", u.FamilyName})
	}
	if v.holds("role") {
		rows = append(rows, []string{"role", string(u.Role)})
	}
	rows = append(rows, []string{"state", u.state()},
		[]string{"admin", map[string]string{"": "no", "admin": "yes", "?": "not reported"}[adminWord(u.Admin)]})
	if v.holds("auth") {
		rows = append(rows, []string{"sign-on", string(u.SignOn)})
		if u.ExternalName != "" {
			rows = append(rows, []string{"external name", u.ExternalName})
		}
	}
	rows = append(rows, lines("groups", u.Groups)...)
	if v.holds("projects") {
		rows = append(rows, lines("projects", u.Projects)...)
	}
	return render.Table(r.env.Stdout, []string{"account", ""}, rows, r.o.text(r.env, r.env.Stdout, ""))
}

// lines are the rows of several names under one label.
func lines(label string, names []directory.Name) [][]string {
	if len(names) == 0 {
		return [][]string{{label, "none"}}
	}
	rows := make([][]string, len(names))
	for i, name := range names {
		rows[i] = []string{"", string(name)}
	}
	rows[0][0] = label
	return rows
}

// find returns the accounts of an address, of an id, or with a text in their name, whichever is the first to find any.
func (v *listView) find(who string) []userRow {
	n, err := strconv.ParseInt(who, 10, 64)
	isID := err == nil
	key := directory.Email(who).Key()
	part := strings.ToLower(strings.TrimSpace(who))
	for _, means := range []func(*directory.User) bool{
		func(u *directory.User) bool { return u.Email.Key() == key },
		func(u *directory.User) bool { return isID && u.ID == directory.UserID(n) },
		func(u *directory.User) bool {
			return part != "" && !strings.Contains(part, "@") && strings.Contains(strings.ToLower(u.Name), part)
		},
	} {
		var rows []userRow
		for i := range v.live.Users {
			if means(&v.live.Users[i]) {
				rows = append(rows, v.user(&v.live.Users[i]))
			}
		}
		if len(rows) > 0 {
			return rows
		}
	}
	return nil
}

// near returns addresses that somebody who typed who may have meant: the nearest spelling first, then those with the same
// part before the "@".
func (v *listView) near(who string) []directory.Email {
	known := make([]directory.Email, len(v.live.Users))
	for i := range v.live.Users {
		known[i] = v.live.Users[i].Email
	}
	var found []directory.Email
	if spelled, ok := directory.SuggestEmail(directory.Email(who), known); ok {
		found = append(found, spelled)
	}
	local, _, _ := strings.Cut(strings.ToLower(who), "@")
	var same []directory.Email
	for i := range v.live.Users {
		e := v.live.Users[i].Email
		if before, _, ok := strings.Cut(string(e.Key()), "@"); ok && local != "" && before == local && !slices.Contains(found, e) {
			same = append(same, e)
		}
	}
	slices.SortFunc(same, func(a, b directory.Email) int { return cmp.Compare(a.Key(), b.Key()) })
	found = append(found, same...)
	if found == nil {
		return []directory.Email{}
	}
	return found[:min(len(found), nearAddresses)]
}
