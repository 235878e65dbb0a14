/* With __USE_GNU, glibc declares bind, connect and sendto with a transparent union, which jextract cannot express. */
#define _GNU_SOURCE
#include <features.h>
#undef __USE_GNU
#include <sys/socket.h>
#define __USE_GNU 1
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
/* After glibc's own net/if.h and netinet/in.h, which the kernel's headers then do not define again. */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
