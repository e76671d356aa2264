#define _GNU_SOURCE
#include "CLinux.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/utsname.h>
#include <malloc.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

static long lk_result(long value) { return value < 0 ? -errno : value; }

int lk_open_beneath(int dir, const char *path, int flags, unsigned mode) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
    return (int)lk_result(syscall(SYS_openat2, dir, path, &how, sizeof how));
}

int lk_open_one(int dir, const char *name, int flags, unsigned mode) {
    return (int)lk_result(openat(dir, name, flags | O_CLOEXEC | O_NOFOLLOW, mode));
}

int lk_open(int dir, const char *name, int flags, unsigned mode) {
    int fd = lk_open_beneath(dir, name, flags, mode);
    return fd == -ENOSYS ? lk_open_one(dir, name, flags, mode) : fd;
}

int lk_open_path(const char *path) {
    return (int)lk_result(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int lk_read_only(void) { return O_RDONLY | O_NONBLOCK; }
int lk_directory(void) { return O_RDONLY | O_DIRECTORY; }
int lk_append(void) { return O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK; }
int lk_create(void) { return O_RDWR | O_CREAT | O_NONBLOCK; }
int lk_create_new(void) { return O_RDWR | O_CREAT | O_EXCL; }
int lk_look(void) { return O_PATH; }

int lk_unnamed(int dir, unsigned mode) {
    return (int)lk_result(openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
}

int lk_link_fd(int fd, int dir, const char *name) {
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    return (int)lk_result(linkat(AT_FDCWD, from, dir, name, AT_SYMLINK_FOLLOW));
}

int lk_link(int from, const char *old, int to, const char *name) {
    return (int)lk_result(linkat(from, old, to, name, 0));
}

int lk_rename(int from, const char *old, int to, const char *name) {
    return (int)lk_result(renameat(from, old, to, name));
}

int lk_rename_new(int from, const char *old, int to, const char *name) {
    return (int)lk_result(syscall(SYS_renameat2, from, old, to, name, 1 /* RENAME_NOREPLACE */));
}

int lk_exchange(int from, const char *old, int to, const char *name) {
    return (int)lk_result(syscall(SYS_renameat2, from, old, to, name, 2 /* RENAME_EXCHANGE */));
}

int lk_unlink(int dir, const char *name) { return (int)lk_result(unlinkat(dir, name, 0)); }
int lk_rmdir(int dir, const char *name) { return (int)lk_result(unlinkat(dir, name, AT_REMOVEDIR)); }
int lk_mkdir(int dir, const char *name) { return (int)lk_result(mkdirat(dir, name, 0700)); }
int lk_chmod(int fd, unsigned mode) { return (int)lk_result(fchmod(fd, mode)); }
int lk_fsync(int fd) { return (int)lk_result(fsync(fd)); }
int lk_fdatasync(int fd) { return (int)lk_result(fdatasync(fd)); }
int lk_syncfs(int fd) { return (int)lk_result(syncfs(fd)); }
int lk_allocate(int fd, int64_t size) { return (int)lk_result(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size)); }
int lk_truncate(int fd, int64_t size) { return (int)lk_result(ftruncate(fd, size)); }
int lk_close(int fd) { return (int)lk_result(close(fd)); }
int64_t lk_write(int fd, const void *bytes, size_t count) { return lk_result(write(fd, bytes, count)); }
int64_t lk_pread(int fd, void *bytes, size_t count, int64_t at) { return lk_result(pread(fd, bytes, count, at)); }

int lk_clone(int to, int from) { return (int)lk_result(ioctl(to, FICLONE, from)); }

int64_t lk_copy_range(int from, int64_t at, int to, int64_t to_at, size_t count) {
    return lk_result(copy_file_range(from, &at, to, &to_at, count, 0));
}

int lk_set_time(int fd, int64_t seconds, int64_t nanoseconds) {
    struct timespec time = { seconds, (long)nanoseconds };
    struct timespec both[2] = { time, time };
    return (int)lk_result(futimens(fd, both));
}

int lk_lock(int fd) { return (int)lk_result(flock(fd, LOCK_EX | LOCK_NB)); }
int lk_unlock(int fd) { return (int)lk_result(flock(fd, LOCK_UN)); }

int lk_stat_fd(int fd, struct lk_stat *out) {
    struct stat found;
    if (fstat(fd, &found) < 0) return -errno;
    out->size = found.st_size;
    out->changed = (int64_t)found.st_mtim.tv_sec * 1000000000 + found.st_mtim.tv_nsec;
    out->device = found.st_dev;
    out->mode = found.st_mode & 07777;
    out->links = (uint32_t)found.st_nlink;
    out->owner = found.st_uid;
    out->regular = S_ISREG(found.st_mode);
    out->link = S_ISLNK(found.st_mode);
    return 0;
}

int lk_stat_path(const char *path, struct lk_stat *out) {
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return -errno;
    int result = lk_stat_fd(fd, out);
    close(fd);
    return result;
}

int lk_space(int fd, uint64_t *available, uint64_t *total) {
    struct statvfs found;
    if (fstatvfs(fd, &found) < 0) return -errno;
    *available = (uint64_t)found.f_bavail * found.f_frsize;
    *total = (uint64_t)found.f_blocks * found.f_frsize;
    return 0;
}

int lk_inodes(int fd, uint64_t *available, uint64_t *total) {
    struct statvfs found;
    if (fstatvfs(fd, &found) < 0) return -errno;
    *available = (uint64_t)found.f_favail;
    *total = (uint64_t)found.f_files;
    return 0;
}

void *lk_list(int fd) { return fdopendir(fd); }
void lk_list_end(void *list) { closedir((DIR *)list); }

int lk_list_next(void *list, const char **name) {
    errno = 0;
    struct dirent *entry = readdir((DIR *)list);
    if (entry == NULL) return -errno;
    *name = entry->d_name;
    return 1;
}

int64_t lk_filesystem(int fd) {
    struct statfs found;
    if (fstatfs(fd, &found) < 0) return -errno;
    return (int64_t)(uint32_t)found.f_type;
}

int lk_release(char *out) {
    struct new_utsname found;
    if (syscall(SYS_uname, &found) < 0) return -errno;
    memcpy(out, found.release, sizeof found.release);
    return 0;
}

int lk_may_write(const char *path) { return (int)lk_result(faccessat(AT_FDCWD, path, W_OK, AT_EACCESS)); }

int lk_real_path(const char *path, char *out, size_t size) {
    char *found = realpath(path, NULL);
    if (!found) return -errno;
    size_t length = strlen(found);
    if (length < size) memcpy(out, found, length + 1);
    free(found);
    return length < size ? (int)length : -ENAMETOOLONG;
}

unsigned lk_owner(void) { return geteuid(); }
unsigned lk_real_owner(void) { return getuid(); }

static int lk_found(const struct passwd *found, unsigned *uid, unsigned *gid) {
    if (!found) return -ENOENT;
    *uid = found->pw_uid;
    *gid = found->pw_gid;
    return 0;
}

int lk_user(const char *name, unsigned *uid, unsigned *gid) { return lk_found(getpwnam(name), uid, gid); }
int lk_user_of(unsigned uid, unsigned *gid) { return lk_found(getpwuid(uid), &uid, gid); }

// The calls tell no error: who one acts as is asked with an id that nobody has.
int lk_act_as(unsigned uid, unsigned gid) {
    setfsgid(gid);
    setfsuid(uid);
    if ((unsigned)setfsuid(-1) == uid && (unsigned)setfsgid(-1) == gid) return 0;
    lk_act_as_oneself();
    return -EPERM;
}

int lk_act_as_oneself(void) {
    setfsuid(geteuid());
    setfsgid(getegid());
    return 0;
}

int lk_become(unsigned uid, unsigned gid) {
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct rights[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
    rights[0].effective = rights[0].permitted = 1u << CAP_SETUID | 1u << CAP_SETGID;
    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setgroups(0, NULL) < 0) return -errno;
    if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0) return -errno;
    return (int)lk_result(syscall(SYS_capset, &header, rights));
}

int lk_pid(void) { return getpid(); }

int lk_pause(unsigned milliseconds) {
    struct timespec span = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    return (int)lk_result(nanosleep(&span, NULL));
}

void lk_private_umask(void) { umask(077); }

int lk_is_ignored(int number) {
    struct sigaction now;
    if (sigaction(number, NULL, &now) < 0) return -errno;
    return now.sa_handler == SIG_IGN;
}

int lk_open_limit(uint64_t *now, uint64_t *most) {
    struct rlimit found;
    if (getrlimit(RLIMIT_NOFILE, &found) < 0) return -errno;
    *now = found.rlim_cur;
    *most = found.rlim_max;
    return 0;
}

int lk_set_open_limit(uint64_t now, uint64_t most) {
    struct rlimit wanted = {now, most};
    return (int)lk_result(setrlimit(RLIMIT_NOFILE, &wanted));
}

static uint64_t lk_left(int limit, uint64_t used) {
    struct rlimit found;
    if (getrlimit(limit, &found) < 0 || found.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
    return found.rlim_cur > used ? found.rlim_cur - used : 0;
}

uint64_t lk_memory_left(void) {
    unsigned long long whole = 0, data = 0;
    char text[200];
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t count = read(file, text, sizeof text - 1);
        close(file);
        text[count > 0 ? count : 0] = 0;
        if (sscanf(text, "%llu %*u %*u %*u %*u %llu", &whole, &data) != 2) whole = data = 0;
    }
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t space = lk_left(RLIMIT_AS, whole * page), heap = lk_left(RLIMIT_DATA, data * page);
    return space < heap ? space : heap;
}

unsigned lk_cores(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

int lk_no_core(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) < 0) return -errno;
    return (int)lk_result(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

void lk_one_heap(void) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, 1 << 20);
}

// Landlock, by number: the headers of the system may be older than the kernel.
struct lk_landlock_rules { uint64_t paths; };
struct lk_landlock_place { uint64_t allowed; int32_t parent; } __attribute__((packed));

int lk_landlock_abi(void) { return (int)lk_result(syscall(444, NULL, 0, 1 /* VERSION */)); }

int lk_landlock_new(uint64_t handled) {
    struct lk_landlock_rules rules = {handled};
    return (int)lk_result(syscall(444, &rules, sizeof rules, 0));
}

int lk_landlock_allow(int rules, int parent, uint64_t allowed) {
    struct lk_landlock_place place = {allowed, parent};
    return (int)lk_result(syscall(445, rules, 1 /* PATH_BENEATH */, &place, 0));
}

int lk_landlock_enter(int rules) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    return (int)lk_result(syscall(446, rules, 0));
}

int lk_look_path(const char *path) { return (int)lk_result(open(path, O_PATH | O_CLOEXEC)); }
int lk_open_null(int flags) { return (int)lk_result(open("/dev/null", flags)); }

int lk_columns(int fd) {
    struct winsize size = {0};
    ioctl(fd, TIOCGWINSZ, &size);
    return size.ws_col;
}

int lk_holds(const void *bytes, size_t count, const void *wanted, size_t length) {
    return memmem(bytes, count, wanted, length) != NULL;
}

size_t lk_first(const void *bytes, size_t count, uint8_t wanted) {
    const void *found = memchr(bytes, wanted, count);
    return found ? (size_t)((const uint8_t *)found - (const uint8_t *)bytes) : count;
}
