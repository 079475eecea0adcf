// Package apply carries out a plan on a target and reports what happened to each action. It must not decide what should
// change, nor know which tool it talks to.
package apply

import (
	"context"
	"time"

	"rollcall/internal/directory"
)

// Target is what apply needs of a provider, beside the side of the membership relation that its tool writes: GroupSide or
// UserSide. Every method that fails returns an error that tells its HTTP status and whether the outcome is unclear through
// the interfaces below.
type Target interface {
	// Read returns the live state, complete and consistent. Identity, roles and projects that were read before are kept.
	Read(ctx context.Context, more directory.Extent) (*directory.Live, error)
	// FindUser looks an account up by address, without the list. found is false if the tool says that there is none; it
	// is known to deny live addresses.
	FindUser(ctx context.Context, email directory.Email) (user directory.User, found bool, err error)
	// CreateGroup makes a group with its full list of members and returns it as the tool answered it.
	CreateGroup(ctx context.Context, name directory.Name, members []directory.UserID) (directory.Group, error)
}

// GroupSide is a Target whose tool writes memberships on the group.
type GroupSide interface {
	// CreateUser sends exactly what is set in c and returns the account as the tool answered it.
	CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error)
	// UpdateUser sends exactly what is set in c and returns the account as the tool answered it.
	UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error)
	// ReadGroup returns the group with its members now.
	ReadGroup(ctx context.Context, id directory.GroupID) (directory.Group, error)
	// UpdateGroup and DeleteGroup write a group that exists, the former with its full list of members. They are sent once:
	// what stands in them rests on a read of the group, and is made anew for another try.
	UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error)
	DeleteGroup(ctx context.Context, id directory.GroupID) error
}

// UserSide is a Target whose tool writes memberships on the user, as the full set of his groups.
type UserSide interface {
	// CreateAccount sends exactly what is set in c and returns the account as the tool answered it.
	CreateAccount(ctx context.Context, c directory.UserChange) (directory.Account, error)
	// ReadAccount returns the account with its groups now.
	ReadAccount(ctx context.Context, id directory.UserID) (directory.Account, error)
	// UpdateAccount writes what is set in c, and of now what the tool wants repeated. now is what ReadAccount just returned.
	// It is sent once: what stands in it rests on that read, and is made anew for another try.
	UpdateAccount(ctx context.Context, now directory.Account, c directory.UserChange) (directory.Account, error)
}

// ProjectSide is a Target whose tool has members of projects.
type ProjectSide interface {
	// ReadProject returns who is a member of the project now, sorted.
	ReadProject(ctx context.Context, id directory.ProjectID) ([]directory.UserID, error)
	// AddToProject makes accounts members with a profile, RemoveFromProject ends their membership. Neither says what is
	// there afterwards. They are sent once: whom they name rests on a read of the project.
	AddToProject(ctx context.Context, id directory.ProjectID, profile directory.ProfileID, users []directory.UserID) error
	RemoveFromProject(ctx context.Context, id directory.ProjectID, users []directory.UserID) error
}

// unclear is implemented by errors of writes that may have taken effect: a cut connection, a timeout, an answer of 5xx
// or one that can't be read.
type unclear interface{ Unclear() bool }

// statused is implemented by errors that carry the HTTP status of the answer; 0 if there was none.
type statused interface{ HTTPStatus() int }

// again is implemented by errors of writes that were sent once and may succeed later, if they are made anew. It returns the
// shortest wait before that.
type again interface {
	Again() (wait time.Duration, may bool)
}

// absent is implemented by errors of calls on a thing that the tool does not have, where an answer says so. Without it
// a vanished group is a failure like any other.
type absent interface{ NotFound() bool }
