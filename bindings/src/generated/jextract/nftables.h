/* libnftables alone: where the library is missing, nothing else may need it. */
#include <nftables/libnftables.h>
