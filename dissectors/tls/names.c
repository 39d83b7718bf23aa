/* names.c - see names.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tls/names.h"

#include <stdio.h>

#include "tls/suite.h"

struct name {
    uint16_t number;
    const char *name;
};

static const struct name groups[] = {
    {0x0013, "secp192r1"               },
    {0x0015, "secp224r1"               },
    {0x0016, "secp256k1"               },
    {0x0017, "secp256r1"               },
    {0x0018, "secp384r1"               },
    {0x0019, "secp521r1"               },
    {0x001a, "brainpoolP256r1"         },
    {0x001b, "brainpoolP384r1"         },
    {0x001c, "brainpoolP512r1"         },
    {0x001d, "x25519"                  },
    {0x001e, "x448"                    },
    {0x001f, "brainpoolP256r1tls13"    },
    {0x0020, "brainpoolP384r1tls13"    },
    {0x0021, "brainpoolP512r1tls13"    },
    {0x0100, "ffdhe2048"               },
    {0x0101, "ffdhe3072"               },
    {0x0102, "ffdhe4096"               },
    {0x0103, "ffdhe6144"               },
    {0x0104, "ffdhe8192"               },
    {0x0200, "MLKEM512"                },
    {0x0201, "MLKEM768"                },
    {0x0202, "MLKEM1024"               },
    {0x11eb, "SecP256r1MLKEM768"       },
    {0x11ec, "X25519MLKEM768"          },
    {0x11ed, "SecP384r1MLKEM1024"      },
    {0x4138, "CECPQ2"                  },
    {0x6399, "X25519Kyber768Draft00"   },
    {0x639a, "SecP256r1Kyber768Draft00"},
};

static const struct name signatures[] = {
    {0x0101, "rsa_pkcs1_md5"                    },
    {0x0201, "rsa_pkcs1_sha1"                   },
    {0x0202, "dsa_sha1"                         },
    {0x0203, "ecdsa_sha1"                       },
    {0x0301, "rsa_pkcs1_sha224"                 },
    {0x0302, "dsa_sha224"                       },
    {0x0303, "ecdsa_sha224"                     },
    {0x0401, "rsa_pkcs1_sha256"                 },
    {0x0402, "dsa_sha256"                       },
    {0x0403, "ecdsa_secp256r1_sha256"           },
    {0x0501, "rsa_pkcs1_sha384"                 },
    {0x0502, "dsa_sha384"                       },
    {0x0503, "ecdsa_secp384r1_sha384"           },
    {0x0601, "rsa_pkcs1_sha512"                 },
    {0x0602, "dsa_sha512"                       },
    {0x0603, "ecdsa_secp521r1_sha512"           },
    {0x0804, "rsa_pss_rsae_sha256"              },
    {0x0805, "rsa_pss_rsae_sha384"              },
    {0x0806, "rsa_pss_rsae_sha512"              },
    {0x0807, "ed25519"                          },
    {0x0808, "ed448"                            },
    {0x0809, "rsa_pss_pss_sha256"               },
    {0x080a, "rsa_pss_pss_sha384"               },
    {0x080b, "rsa_pss_pss_sha512"               },
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
    {0x0904, "mldsa44"                          },
    {0x0905, "mldsa65"                          },
    {0x0906, "mldsa87"                          },
};

static const struct name alerts[] = {
    {0,   "close_notify"                   },
    {10,  "unexpected_message"             },
    {20,  "bad_record_mac"                 },
    {21,  "decryption_failed"              },
    {22,  "record_overflow"                },
    {30,  "decompression_failure"          },
    {40,  "handshake_failure"              },
    {41,  "no_certificate"                 },
    {42,  "bad_certificate"                },
    {43,  "unsupported_certificate"        },
    {44,  "certificate_revoked"            },
    {45,  "certificate_expired"            },
    {46,  "certificate_unknown"            },
    {47,  "illegal_parameter"              },
    {48,  "unknown_ca"                     },
    {49,  "access_denied"                  },
    {50,  "decode_error"                   },
    {51,  "decrypt_error"                  },
    {52,  "too_many_cids_requested"        },
    {60,  "export_restriction"             },
    {70,  "protocol_version"               },
    {71,  "insufficient_security"          },
    {80,  "internal_error"                 },
    {86,  "inappropriate_fallback"         },
    {90,  "user_canceled"                  },
    {100, "no_renegotiation"               },
    {109, "missing_extension"              },
    {110, "unsupported_extension"          },
    {111, "certificate_unobtainable"       },
    {112, "unrecognized_name"              },
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"     },
    {115, "unknown_psk_identity"           },
    {116, "certificate_required"           },
    {117, "general_error"                  },
    {120, "no_application_protocol"        },
    {121, "ech_required"                   },
};

static const char *find(const struct name *names, size_t n, uint16_t number)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].number == number)
            return names[i].name;
    }
    return NULL;
}

#define FIND(table, number)                                                    \
    find((table), sizeof(table) / sizeof *(table), (number))

const char *name_of_group(uint16_t number)
{
    return FIND(groups, number);
}

const char *name_of_signature(uint16_t number)
{
    return FIND(signatures, number);
}

struct span name_of_alert(uint8_t number)
{
    return span_of(FIND(alerts, number));
}

bool group_is_post_quantum(uint16_t number)
{
    return (number >= 0x0200 && number <= 0x0202) ||
           (number >= 0x11eb && number <= 0x11ed) || number == 0x4138 ||
           number == 0x6399 || number == 0x639a;
}

struct span name_of_version(uint16_t number, char out[NAME_OF_VERSION])
{
    switch (number) {
    case 0:
        return SPAN("");
    case VERSION_SSL2:
        return SPAN("SSL 2.0");
    case VERSION_SSL3:
        return SPAN("SSL 3.0");
    case VERSION_TLS10:
        return SPAN("TLS 1.0");
    case VERSION_TLS11:
        return SPAN("TLS 1.1");
    case VERSION_TLS12:
        return SPAN("TLS 1.2");
    case VERSION_TLS13:
        return SPAN("TLS 1.3");
    default:
        break;
    }
    if (number >> 8 == 0x7f)
        snprintf(out, NAME_OF_VERSION, "TLS 1.3 draft %u", number & 0xffu);
    else
        snprintf(out, NAME_OF_VERSION, "0x%04x", number);
    return span_of(out);
}
