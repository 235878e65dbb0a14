#include "udp_fanout.h"
