// System calls that Swift cannot reach by itself. Each returns its result, or -errno.
//
// Includes no header of the system but these two: what the others define changes with feature macros,
// and a second definition of the same type beside that of Swift's own module is an error.
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>

// Opens beneath a directory; symbolic links and mount points anywhere on the way are refused.
// -ENOSYS where the kernel is older than 5.6.
int lk_open_beneath(int dir, const char *path, int flags, unsigned mode);

// Opens one name in a directory; must not be given a path of several.
int lk_open_one(int dir, const char *name, int flags, unsigned mode);

// One name in a directory, by whatever the kernel has.
int lk_open(int dir, const char *name, int flags, unsigned mode);
int lk_open_path(const char *path);
int lk_read_only(void);
int lk_directory(void);
// Without blocking: what has the name may be a pipe that nobody reads.
int lk_append(void);
int lk_create(void);
int lk_create_new(void);
// Neither reads nor writes: for looking at what has a name.
int lk_look(void);

// An unnamed file in a directory; -EOPNOTSUPP or -EISDIR where the file system has none.
int lk_unnamed(int dir, unsigned mode);
int lk_link_fd(int fd, int dir, const char *name);
int lk_link(int from, const char *old, int to, const char *name);
int lk_rename(int from, const char *old, int to, const char *name);
int lk_rename_new(int from, const char *old, int to, const char *name);

// Two names change places in one step; -EINVAL where the file system cannot.
int lk_exchange(int from, const char *old, int to, const char *name);
int lk_unlink(int dir, const char *name);
// Of an empty folder.
int lk_rmdir(int dir, const char *name);
int lk_mkdir(int dir, const char *name);
int lk_chmod(int fd, unsigned mode);
int lk_fsync(int fd);
int lk_fdatasync(int fd);
int lk_syncfs(int fd);
// Keeps room for a file whose size is known; its size stays as it is.
int lk_allocate(int fd, int64_t size);
int lk_truncate(int fd, int64_t size);
int lk_close(int fd);
int64_t lk_write(int fd, const void *bytes, size_t count);
int64_t lk_pread(int fd, void *bytes, size_t count, int64_t at);

// Makes the whole of one file's bytes another's, without copying, where the file system can.
int lk_clone(int to, int from);
int64_t lk_copy_range(int from, int64_t at, int to, int64_t to_at, size_t count);

// When it was read and changed last.
int lk_set_time(int fd, int64_t seconds, int64_t nanoseconds);
int lk_lock(int fd);
int lk_unlock(int fd);

// `changed` is when its bytes changed last, in nanoseconds, as exact as the kernel keeps it.
struct lk_stat { int64_t size, changed; uint64_t device; uint32_t mode, links, owner; int regular, link; };

int lk_stat_fd(int fd, struct lk_stat *out);
int lk_stat_path(const char *path, struct lk_stat *out);

// Free bytes for an unprivileged writer, and all bytes, of the file system of fd.
int lk_space(int fd, uint64_t *available, uint64_t *total);

// Files that can still be made, and all that there may be; both 0 where nothing counts them.
int lk_inodes(int fd, uint64_t *available, uint64_t *total);

// The names in a directory, one by one; fd is closed with the list.
void *lk_list(int fd);
void lk_list_end(void *list);

// 1 with a name, 0 at the end, else -errno.
int lk_list_next(void *list, const char **name);
int64_t lk_filesystem(int fd);

// "6.1.0-28-amd64"; out must hold 65 bytes.
int lk_release(char *out);
int lk_may_write(const char *path);

// The path without links, `.` and `..`; a result longer than the buffer is -ENAMETOOLONG.
int lk_real_path(const char *path, char *out, size_t size);
unsigned lk_owner(void);
unsigned lk_real_owner(void);

// A user of this machine by name; -ENOENT where there is none.
int lk_user(const char *name, unsigned *uid, unsigned *gid);
int lk_user_of(unsigned uid, unsigned *gid);

// From here on this thread makes and opens files as another; -EPERM where it may not.
int lk_act_as(unsigned uid, unsigned gid);
int lk_act_as_oneself(void);

// Becomes another user for good, keeping no right of root but that of acting as others.
// For a program with one thread.
int lk_become(unsigned uid, unsigned gid);
int lk_pid(void);
int lk_pause(unsigned milliseconds);
void lk_private_umask(void);

// Whether whoever started the program has it ignore a signal.
int lk_is_ignored(int number);

// How many files may be open: now, and at most.
int lk_open_limit(uint64_t *now, uint64_t *most);
int lk_set_open_limit(uint64_t now, uint64_t most);

// How much memory may still be had under the limits of this process; UINT64_MAX where there are none.
uint64_t lk_memory_left(void);
// As many threads as run at once.
unsigned lk_cores(void);

// No core, and no look into the memory by others of the same user: secrets are in it.
int lk_no_core(void);

// One heap for all threads, which grows by a megabyte: heaps of threads grow by a page, with a call each.
void lk_one_heap(void);

// The version of the kernel's Landlock, or -errno.
int lk_landlock_abi(void);
int lk_landlock_new(uint64_t handled);
int lk_landlock_allow(int rules, int parent, uint64_t allowed);

// From here on, for this thread and those that it starts.
int lk_landlock_enter(int rules);
int lk_look_path(const char *path);
int lk_open_null(int flags);

// The width of a terminal; 0 where it is not known.
int lk_columns(int fd);

// No system call, but the C library's search: whether bytes stand in others, 1 or 0.
int lk_holds(const void *bytes, size_t count, const void *wanted, size_t length);
// Likewise: the place of the first of these bytes, or their count where none is.
size_t lk_first(const void *bytes, size_t count, uint8_t wanted);
#endif
