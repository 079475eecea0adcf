// Package apply carries out a plan on a target and reports what happened to each action. It must not decide what should
// change, nor know which tool it talks to.
package apply

import (
	"context"
	"time"

	"rollcall/internal/directory"
)

// Target is what apply needs of a provider. Every method that fails returns an error that tells its HTTP status and
// whether the outcome is unclear through the interfaces below.
type Target interface {
	// Read returns the live state, complete and consistent. Identity, roles and projects that were read before are kept.
	Read(ctx context.Context, projects bool) (*directory.Live, error)
	// FindUser looks an account up by address, without the list. found is false if the tool says that there is none; it
	// is known to deny live addresses.
	FindUser(ctx context.Context, email directory.Email) (user directory.User, found bool, err error)
	// CreateUser sends exactly what is set in c and returns the account as the tool answered it.
	CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error)
	// UpdateUser sends exactly what is set in c and returns the account as the tool answered it.
	UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error)
	// ReadGroup returns the group with its members now.
	ReadGroup(ctx context.Context, id directory.GroupID) (directory.Group, error)
	// CreateGroup, UpdateGroup and DeleteGroup write a group with its full list of members. The latter two are sent once:
	// what stands in them rests on a read of the group, and is made anew for another try.
	CreateGroup(ctx context.Context, name directory.Name, members []directory.UserID) (directory.Group, error)
	UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error)
	DeleteGroup(ctx context.Context, id directory.GroupID) error
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
