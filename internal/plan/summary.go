package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"slices"
	"strconv"

	"rollcall/internal/directory"
)

// activeUsers counts the accounts that hold a seat now.
func (b *builder) activeUsers() int {
	n := 0
	for i := range b.ix.live.Users {
		if b.ix.live.Users[i].Active {
			n++
		}
	}
	return n
}

// activeAdmins counts the active administrators now.
func (b *builder) activeAdmins() int {
	n := 0
	for i := range b.ix.live.Users {
		if u := &b.ix.live.Users[i]; u.Active && u.Admin {
			n++
		}
	}
	return n
}

// summarise counts the plan, which walks from the live state batch by batch.
func (b *builder) summarise(batches []Batch) Summary {
	s := Summary{
		People:       len(b.ix.live.Users),
		ByKind:       make(map[Kind]int),
		AdminsBefore: b.activeAdmins(),
		SeatsBefore:  b.activeUsers(),
	}
	s.AdminsUnknown = !b.caps.Reported[FieldAdmin]
	for _, kind := range Kinds() {
		s.ByKind[kind] = 0
	}
	if b.want.Seats.Limit.Set {
		s.SeatLimit, s.SeatReserve = b.want.Seats.Limit.Value, b.want.Seats.Reserve.Value
	}
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			s.Actions++
			s.ByKind[a.Kind]++
			if a.Members != nil {
				s.MembersAdded += len(a.Members.Add)
				s.MembersRemoved += len(a.Members.Remove)
			}
		}
	}
	s.People += s.ByKind[CreateUser]
	end := b.walk(batches)
	s.AdminsAfter, s.SeatsAfter = end.admins, end.seats
	return s
}

func (b *builder) basis() Basis {
	files := append([]directory.File{}, b.want.Files...) // a list in the JSON form, never null
	return Basis{Today: b.opts.Today, Timezone: b.want.Timezone, Files: files, Live: digest(b.ix.live)}
}

// digest returns the SHA-256 of a live state whose lists are sorted, remarks left out: they are about the reading.
func digest(live *directory.Live) string {
	d := digester{hash: sha256.New()}
	d.number(int64(live.Self))
	d.number(int64(len(live.Users)))
	for i := range live.Users {
		u := &live.Users[i]
		d.number(int64(u.ID))
		d.text(string(u.Email))
		d.text(u.Name)
		d.text(string(u.Role))
		d.number(int64(u.RoleID))
		d.flags(u.Active, u.Admin, u.EmailNotifications, u.MFARequired, u.SSOEnabled, u.Pending, u.NameFixed)
		d.text(u.GivenName)
		d.text(u.FamilyName)
		d.text(string(u.SignOn))
		d.text(u.ExternalName)
		d.number(int64(len(u.AssignedProjects)))
		for _, p := range slices.Sorted(slices.Values(u.AssignedProjects)) {
			d.number(int64(p))
		}
		d.number(int64(len(u.Projects)))
		for _, p := range u.Projects {
			d.number(int64(p))
		}
		d.flush()
	}
	for _, g := range live.Groups {
		d.number(int64(g.ID))
		d.text(string(g.Name))
		d.number(int64(len(g.Members)))
		for _, m := range g.Members {
			d.number(int64(m))
		}
		d.number(int64(len(g.Rights)))
		for _, r := range g.Rights {
			d.text(r)
		}
		d.flush()
	}
	// The other lists are short: their JSON form is as good as any.
	rest, _ := json.Marshal(struct {
		Roles    []directory.Role
		Projects []directory.Project
		Profiles []directory.Profile
		SignOns  []directory.SignOn
	}{live.Roles, live.Projects, live.Profiles, live.SignOns})
	d.hash.Write(rest)
	return hex.EncodeToString(d.hash.Sum(nil))
}

// digester writes values so that no two different sequences give the same bytes.
type digester struct {
	hash hash.Hash
	buf  []byte
}

func (d *digester) number(n int64) { d.buf = append(strconv.AppendInt(d.buf, n, 10), ',') }

func (d *digester) text(s string) {
	d.number(int64(len(s)))
	d.buf = append(d.buf, s...)
}

func (d *digester) flags(flags ...bool) {
	for _, f := range flags {
		d.buf = strconv.AppendBool(d.buf, f)
		d.buf = append(d.buf, ',')
	}
}

func (d *digester) flush() {
	d.hash.Write(d.buf)
	d.buf = d.buf[:0]
}
