package plan

import "rollcall/internal/directory"

// cost counts the requests of an apply, its own planning included:
//
//	                              reads                        writes
//	who am I, roles and the like  as many as the tool has      -
//	what no list tells            as many as there are, at     -
//	                              the end once more
//	users, groups, projects       one a page                   -
//	a new person or group         -                            one
//	a group or project that is    one, just before             one
//	there
//	on the user's side, each      one or more, just before     one; two if a group that it leaves waits for somebody who
//	account instead of a group                                 comes no earlier than itself
//	users and groups at the end   one a page, as many as       -
//	                              there are then
//
// Where there are no groups to read, the first reading asked all the same.
func (b *builder) cost(batches []Batch) Cost {
	size := b.caps.Pages
	users, groups := len(b.ix.live.Users), len(b.ix.live.Groups)
	c := Cost{Reads: b.caps.Once + b.caps.EachTime + b.caps.UserLists*pages(users, size.Users) + pages(groups, size.Groups)}
	if b.ix.live.ProjectsRead {
		c.Reads += pages(len(b.ix.live.Projects), size.Projects)
	}
	onUser := b.caps.Membership == OnUser
	for i := range batches {
		for j := range batches[i].Actions {
			switch kind := batches[i].Actions[j].Kind; {
			case kind == CreateUser:
				c.Writes++
				users++
			case kind == CreateGroup:
				c.Writes++
				groups++
			case onUser && (kind.OnUser() || kind == UpdateGroup): // see accountWrites
			case kind.OnUser():
				c.Writes++
			case kind == DeleteGroup:
				c.Writes++
				c.Reads++
				groups--
			default:
				c.Writes++
				c.Reads++
			}
		}
	}
	if onUser {
		n := accountWrites(batches)
		c.Writes += n
		c.Reads += n * max(1, b.caps.AccountReads)
	}
	if c.Writes > 0 {
		c.Reads += b.caps.EachTime + b.caps.UserLists*pages(users, size.Users)
		if b.caps.ReadsGroups {
			c.Reads += pages(groups, size.Groups)
		}
	}
	c.Seconds = seconds(c.Reads+c.Writes, b.caps.Pace)
	return c
}

// accountWrites counts the writes of accounts that exist, for a tool that writes memberships on the user: one for each
// account that has an action of its own, with the groups that it may join and leave by then, and one more for each that has
// none or has to wait with a group. A group's turn comes once all that it needs is done; but who comes back joins at once,
// and who is deactivated leaves.
func accountWrites(batches []Batch) int {
	type turn struct {
		batch int
		kind  Kind
	}
	done := make(map[string]int)             // after which batch an action is done
	own := make(map[directory.UserID]turn)   // of the account's own action
	apart := make(map[directory.UserID]bool) // who is written for groups alone
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			done[a.ID] = i
			if a.Kind.OnUser() && a.Kind != CreateUser {
				own[directory.UserID(a.SubjectID)] = turn{i, a.Kind}
			}
		}
	}
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if a.Kind != UpdateGroup {
				continue // a new group is there before anybody's turn, and has who is there from the start
			}
			ready := 0
			for _, need := range a.Needs {
				ready = max(ready, done[need]+1)
			}
			waits := func(m Member, at Kind) bool {
				t, acts := own[m.ID]
				return m.ID != 0 && (!acts || t.kind != at && t.batch < ready)
			}
			for _, m := range a.Members.Add {
				apart[m.ID] = apart[m.ID] || waits(m, ReactivateUser)
			}
			for _, m := range a.Members.Remove {
				apart[m.ID] = apart[m.ID] || waits(m, DeactivateUser)
			}
		}
	}
	n := len(own)
	for _, is := range apart {
		n += one(is)
	}
	return n
}

// pages returns how many requests a list takes.
func pages(items, size int) int {
	if size <= 0 {
		return 1
	}
	return max(1, (items+size-1)/size)
}

// nominalPerSecond is how many requests a second a run sends when nothing paces it: eight workers at 400 ms.
const nominalPerSecond = 20

func seconds(requests int, pace Pace) int {
	n := (requests + nominalPerSecond - 1) / nominalPerSecond
	if pace.PerMinute > 0 && requests > pace.Burst {
		n = max(n, ((requests-pace.Burst)*60+pace.PerMinute-1)/pace.PerMinute)
	}
	return n
}
