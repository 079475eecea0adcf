package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// Origin says what an action comes from, where there is an earlier roster to tell by.
type Origin string

// The origins.
const (
	OriginChange Origin = "this_change" // the roster has changed since, and asks for it now
	OriginDrift  Origin = "drift"       // the earlier roster asks for it as well: the tool was edited, or the apply is pending
	OriginExpiry Origin = "expiry"      // a date of the earlier roster has passed
)

// since says of each action whether the change since an earlier roster makes it, and of removals where the line was. It
// finds who was taken out of the roster and keeps access all the same, which a reviewer of the change would not expect.
func (b *builder) since(p *Plan, earlier *directory.Desired, strict bool) {
	opts := b.opts
	opts.Before = nil
	before, err := Build(earlier, b.ix.live, b.caps, opts)
	if err != nil {
		p.Notes = append(p.Notes, Note{Code: NoteNoBase, Text: fmt.Sprintf("what this change makes can't be told from drift: the earlier %v", err)})
		sortNotes(p.Notes)
		return
	}
	was := make(map[string]*Action)
	for _, a := range before.Actions() {
		was[a.ID] = a
	}
	lines := linesOf(earlier)
	for _, a := range p.Actions() {
		a.Origin = originOf(a, was[a.ID])
		lines.point(a)
	}
	if len(p.Scope.Only) == 0 {
		p.Notes = append(p.Notes, b.newLeavers(earlier)...)
		sortNotes(p.Notes)
		p.Guards = append(p.Guards, b.keptAccess(p, earlier, strict)...)
		sortGuards(p.Guards)
	}
}

func originOf(a, before *Action) Origin {
	switch {
	case before == nil || len(actionDetails(before, a)) > 0:
		return OriginChange
	case a.Cause == CauseExpired:
		return OriginExpiry
	}
	return OriginDrift
}

// earlierLines are the places of what an earlier roster lists.
type earlierLines struct {
	users   map[directory.EmailKey]directory.Pos
	groups  map[directory.Name]directory.Pos
	members map[directory.Name]map[directory.EmailKey]directory.Pos

	projects map[directory.Name]map[directory.EmailKey]directory.Pos
}

func linesOf(earlier *directory.Desired) earlierLines {
	l := earlierLines{
		users: make(map[directory.EmailKey]directory.Pos), groups: make(map[directory.Name]directory.Pos),
		members: make(map[directory.Name]map[directory.EmailKey]directory.Pos), projects: make(map[directory.Name]map[directory.EmailKey]directory.Pos),
	}
	for i := range earlier.Users {
		u := &earlier.Users[i]
		l.users[u.Email.Key()] = u.Pos
		for _, ref := range u.Projects.Value {
			name := ref.Project.Canonical()
			if l.projects[name] == nil {
				l.projects[name] = make(map[directory.EmailKey]directory.Pos)
			}
			l.projects[name][u.Email.Key()] = ref.Pos
		}
	}
	for i := range earlier.Groups {
		l.groups[earlier.Groups[i].Name.Canonical()] = earlier.Groups[i].Pos
	}
	for name, members := range earlier.Members() {
		l.members[name] = make(map[directory.EmailKey]directory.Pos, len(members))
		for _, m := range members {
			l.members[name][m.Email.Key()] = m.Pos
		}
	}
	return l
}

// point says where the lines were whose absence an action comes from.
func (l *earlierLines) point(a *Action) {
	name := directory.Name(a.Subject).Canonical()
	if a.Cause == CauseUnlisted {
		pos := l.groups[name]
		if a.Kind.OnUser() {
			pos = l.users[directory.Email(a.Subject).Key()]
		}
		a.Was = place(pos)
	}
	if a.Members == nil {
		return
	}
	if old, renamed := a.Field(FieldName); renamed {
		name = directory.Name(old.Old.String()).Canonical()
	}
	of := l.members[name]
	if a.Kind.OnProject() {
		of = l.projects[name]
	}
	for i := range a.Members.Remove {
		m := &a.Members.Remove[i]
		m.Was = place(of[m.User.Key()])
	}
}

// keptAccess returns a warning for everyone whose line went and who keeps what the line gave; with strict, a refusal.
//
//	gone from the file           and still                               mended by
//	a person                     active, or invited                      `leavers`, or `active: false`
//	a person's `projects`        a member of one, since nobody asks      `projects: []`
//	a person from a group        a member, since nobody is removed       `mode: exact`
//	a group                      there, with members                     `members: []` first, or `unlisted.groups: delete`
func (b *builder) keptAccess(p *Plan, earlier *directory.Desired, strict bool) []GuardResult {
	k := keeping{
		builder: b, status: GuardNoted, acted: make(map[string]*Action), gone: make(map[directory.EmailKey]bool),
		listedIn: b.want.Members(),
	}
	if strict {
		k.status = GuardRefused
	}
	for _, a := range p.Actions() {
		k.acted[a.ID] = a
	}
	for i := range earlier.Users {
		k.person(&earlier.Users[i])
	}
	members := earlier.Members()
	for i := range earlier.Groups {
		k.group(&earlier.Groups[i], members[earlier.Groups[i].Name.Canonical()])
	}
	return k.results
}

// keeping collects who keeps access.
type keeping struct {
	*builder
	status  GuardStatus
	acted   map[string]*Action
	gone    map[directory.EmailKey]bool // people who are not in the file any more
	results []GuardResult

	listedIn map[directory.Name][]directory.MemberRef // the groups of the file
}

func (k *keeping) warn(subject string, pos directory.Pos, text, hint string) {
	k.results = append(k.results, GuardResult{Guard: directory.GuardKeptAccess, Status: k.status, Subject: subject, Count: 1, Source: place(pos), Text: text, Hint: hint})
}

func (k *keeping) person(was *directory.WantUser) {
	account := k.accountAt(was.Email)
	if account == nil {
		return
	}
	if at, listed := k.byUserID[account.ID]; listed {
		k.projects(was, &k.people[at])
		return
	}
	k.gone[was.Email.Key()] = true
	if !account.Active && !account.Pending || k.acted[actionID(DeactivateUser, string(account.Email))] != nil {
		return
	}
	text := fmt.Sprintf("%s was taken out of the roster and keeps the account", account.Email)
	if names := k.groupsOf(account.ID); len(names) > 0 {
		text += ", in " + listNames(names)
	}
	k.warn(string(account.Email), was.Pos, text, "name the address under `leavers`, or keep the entry with `active: false`")
}

// projects warns of the projects that the earlier roster gave a person who is still listed, and that this one neither
// gives nor takes.
func (k *keeping) projects(was *directory.WantUser, now *person) {
	if !now.activeAfter() {
		return
	}
	listed := make(map[directory.Name]bool)
	for _, ref := range now.want.Projects.Value {
		listed[ref.Project.Canonical()] = true
	}
	for _, ref := range was.Projects.Value {
		bearers := k.ix.projects.get(ref.Project.Canonical())
		if len(bearers) != 1 || listed[ref.Project.Canonical()] || !slices.Contains(now.live.Projects, bearers[0]) {
			continue
		}
		project := k.ix.project(bearers[0])
		a := k.acted[actionID(RemoveFromProject, string(project.Name))]
		if project.Sample || a != nil && slices.ContainsFunc(a.Members.Remove, func(m Member) bool { return m.ID == now.live.ID }) {
			continue
		}
		k.warn(string(now.live.Email), ref.Pos, fmt.Sprintf("%s was taken out of project %q and stays a member", now.live.Email, project.Name),
			"keep `projects` in the entry, without the project or empty")
	}
}

func (k *keeping) group(was *directory.WantGroup, members []directory.MemberRef) {
	bearers := k.ix.byName.get(was.Name.Canonical())
	if len(bearers) != 1 {
		return
	}
	live := k.ix.groups[bearers[0]]
	if !k.listed[live.ID] {
		if len(live.Members) > 0 && k.acted[actionID(DeleteGroup, string(live.Name))] == nil {
			k.warn(string(live.Name), was.Pos, fmt.Sprintf("group %q was taken out of the roster and stays as it is, with %s", live.Name, count(len(live.Members), "member", "members")),
				"empty it first, with `members: []`, or delete it with `unlisted.groups: delete`")
		}
		return
	}
	now := k.groupOf(live.ID)
	listed := make(map[directory.EmailKey]bool)
	for _, m := range k.listedIn[now.want.Name.Canonical()] {
		listed[m.Email.Key()] = true
	}
	for _, m := range members {
		account := k.accountAt(m.Email)
		if account == nil || !account.Active || k.gone[m.Email.Key()] || listed[m.Email.Key()] || !contains(live.Members, account.ID) || k.loses(now, account.ID) {
			continue
		}
		k.warn(string(account.Email), m.Pos, fmt.Sprintf("%s was taken out of group %q and stays in it", account.Email, live.Name),
			"set `mode: exact`, or take the person out in the tool")
	}
}

// groupOf returns the group of the file that means a live one.
func (b *builder) groupOf(id directory.GroupID) *groupMatch {
	i := slices.IndexFunc(b.groups, func(g groupMatch) bool { return g.live != nil && g.live.ID == id })
	return &b.groups[i]
}

// accountAt returns the only account of an address, nil if there is none or more than one.
func (b *builder) accountAt(email directory.Email) *directory.User {
	if bearers := b.ix.byKey.get(email.Key()); len(bearers) == 1 {
		return b.ix.users[bearers[0]]
	}
	return nil
}

// loses reports whether the plan removes an account from a group.
func (k *keeping) loses(g *groupMatch, id directory.UserID) bool {
	a := k.acted[actionID(UpdateGroup, string(k.nameOf(g)))]
	return a != nil && slices.ContainsFunc(a.Members.Remove, func(m Member) bool { return m.ID == id })
}
