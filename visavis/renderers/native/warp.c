/* Bends one 8-bit plane by a grid of places, eight pixels at a time: what cv2.resize (of the grid) and cv2.remap do
   in two steps, in one and without ever writing the full map down. Places are rounded to 1/32 pixel, as OpenCV does. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if !defined(__x86_64__)
#error "the kernel is written for x86-64 with AVX2"
#endif
#include <immintrin.h>

enum { WIDEST = 4096, AHEAD = 6 };

int visavis_warp_supported(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2");
}

/* One row of places from one row of nodes; it starts where the first node stands, half a step before the plane. */
__attribute__((target("avx2"))) static void spread(const float *row, int columns, int step, float *at_x, float *at_y) {
    const __m256 eighths = _mm256_setr_ps(0.0625f, 0.1875f, 0.3125f, 0.4375f, 0.5625f, 0.6875f, 0.8125f, 0.9375f);
    const __m128 quarters = _mm_setr_ps(0.125f, 0.375f, 0.625f, 0.875f);
    for (int j = 0; j + 1 < columns; j++) {
        float x = row[2 * j], y = row[2 * j + 1], dx = row[2 * j + 2] - x, dy = row[2 * j + 3] - y;
        float *to_x = at_x + j * step, *to_y = at_y + j * step;
        if (step == 8) {
            _mm256_storeu_ps(to_x, _mm256_add_ps(_mm256_set1_ps(x), _mm256_mul_ps(_mm256_set1_ps(dx), eighths)));
            _mm256_storeu_ps(to_y, _mm256_add_ps(_mm256_set1_ps(y), _mm256_mul_ps(_mm256_set1_ps(dy), eighths)));
        } else if (step == 4) {
            _mm_storeu_ps(to_x, _mm_add_ps(_mm_set1_ps(x), _mm_mul_ps(_mm_set1_ps(dx), quarters)));
            _mm_storeu_ps(to_y, _mm_add_ps(_mm_set1_ps(y), _mm_mul_ps(_mm_set1_ps(dy), quarters)));
        } else {
            to_x[0] = x + dx * 0.25f, to_x[1] = x + dx * 0.75f;
            to_y[0] = y + dy * 0.25f, to_y[1] = y + dy * 0.75f;
        }
    }
}

/* Four bytes from each place, of which two are wanted, as 16-bit numbers; never beyond the plane's last byte. */
__attribute__((target("avx2"))) static inline __m256i gathered(const uint8_t *plane, __m256i offset, __m256i last) {
    const __m256i first = _mm256_set1_epi32(255), second = _mm256_set1_epi32(255 << 8);
    __m256i from = _mm256_min_epi32(offset, last);
    __m256i bytes = _mm256_i32gather_epi32((const int *)plane, from, 1);
    bytes = _mm256_srlv_epi32(bytes, _mm256_slli_epi32(_mm256_sub_epi32(offset, from), 3));
    return _mm256_or_si256(_mm256_and_si256(bytes, first), _mm256_slli_epi32(_mm256_and_si256(bytes, second), 8));
}

__attribute__((target("avx2"))) static inline __m256i loaded(const uint8_t *a, const uint8_t *b, __m256i picked) {
    __m256i bytes = _mm256_set_m128i(_mm_loadu_si128((const __m128i *)b), _mm_loadu_si128((const __m128i *)a));
    return _mm256_shuffle_epi8(bytes, picked);
}

__attribute__((target("avx2"))) static void sample(
    const uint8_t *plane, int stride, int width, int height, const float *at_x, const float *at_y, uint8_t *out, int count
) {
    const __m256 parts = _mm256_set1_ps(32.0f);
    const __m256i zero = _mm256_setzero_si256(), whole = _mm256_set1_epi32(32), half = _mm256_set1_epi32(512);
    const __m256i most_x = _mm256_set1_epi32((width - 1) * 32), most_y = _mm256_set1_epi32((height - 1) * 32);
    const __m256i last_x = _mm256_set1_epi32(width - 2), last_y = _mm256_set1_epi32(height - 2);
    const __m256i strides = _mm256_set1_epi32(stride), last = _mm256_set1_epi32((height - 1) * stride + width - 4);
    const __m256i bases = _mm256_setr_epi32(0, 0, 0, 0, 4, 4, 4, 4), reach = _mm256_set1_epi32(14);
    const __m256i neighbours = _mm256_set1_epi32((int)0x80018000u);
    const int safe = (height - 2) * stride + width - 16;
    for (int i = 0; i < count; i += 8) {
        __m256i x = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(at_x + i), parts));
        __m256i y = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(at_y + i), parts));
        x = _mm256_min_epi32(_mm256_max_epi32(x, zero), most_x);
        y = _mm256_min_epi32(_mm256_max_epi32(y, zero), most_y);
        __m256i column = _mm256_min_epi32(_mm256_srli_epi32(x, 5), last_x);
        __m256i line = _mm256_min_epi32(_mm256_srli_epi32(y, 5), last_y);
        x = _mm256_sub_epi32(x, _mm256_slli_epi32(column, 5));
        y = _mm256_sub_epi32(y, _mm256_slli_epi32(line, 5));
        __m256i offset = _mm256_add_epi32(_mm256_mullo_epi32(line, strides), column), above, below;
        /* what a few rows further down will want: the processor does not guess where a bent row goes on */
        const char *soon = (const char *)plane + _mm256_cvtsi256_si32(offset) + (ptrdiff_t)AHEAD * stride;
        _mm_prefetch(soon, _MM_HINT_T0);
        _mm_prefetch(soon + stride, _MM_HINT_T0);
        /* mostly all eight lie in one line, and each four within 16 bytes: two loads instead of eight */
        __m256i ahead = _mm256_sub_epi32(offset, _mm256_permutevar8x32_epi32(offset, bases));
        __m256i apart = _mm256_or_si256(
            _mm256_or_si256(_mm256_cmpgt_epi32(zero, ahead), _mm256_cmpgt_epi32(ahead, reach)),
            _mm256_sub_epi32(line, _mm256_permutevar8x32_epi32(line, zero))
        );
        int a = _mm256_extract_epi32(offset, 0), b = _mm256_extract_epi32(offset, 4);
        if (_mm256_testz_si256(apart, apart) && a <= safe && b <= safe) {
            __m256i picked = _mm256_add_epi32(_mm256_or_si256(ahead, _mm256_slli_epi32(ahead, 16)), neighbours);
            above = loaded(plane + a, plane + b, picked);
            below = loaded(plane + a + stride, plane + b + stride, picked);
        } else {
            above = gathered(plane, offset, last);
            below = gathered(plane, _mm256_add_epi32(offset, strides), last);
        }
        /* two 16-bit numbers in each lane: first a pixel and its right neighbour, then what is above and below */
        __m256i share_x = _mm256_or_si256(_mm256_sub_epi32(whole, x), _mm256_slli_epi32(x, 16));
        __m256i share_y = _mm256_or_si256(_mm256_sub_epi32(whole, y), _mm256_slli_epi32(y, 16));
        __m256i pair = _mm256_or_si256(
            _mm256_madd_epi16(above, share_x), _mm256_slli_epi32(_mm256_madd_epi16(below, share_x), 16)
        );
        __m256i value = _mm256_srli_epi32(_mm256_add_epi32(_mm256_madd_epi16(pair, share_y), half), 10);
        __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
        _mm_storel_epi64((__m128i *)(out + i), _mm_packus_epi16(words, words));
    }
}

/* `nodes` is (rows, columns, 2): x and y in the plane, every `step` pixels (8, 4 or 2) from half a step outside the
   target on; `scale` and `shift` are applied to them. Returns 0, or 1 where the sizes are none it was made for. */
int visavis_warp_plane(
    const uint8_t *plane, int stride, int width, int height, const float *nodes, int rows, int columns, int step,
    float scale, float shift, uint8_t *target, int target_stride, int target_width, int target_height
) {
    float row[2 * (WIDEST / 2 + 2)], at_x[WIDEST + 16], at_y[WIDEST + 16];
    uint8_t out[WIDEST + 16];
    int count = (columns - 1) * step, before = step / 2;
    if ((step != 8 && step != 4 && step != 2) || count > WIDEST || count < target_width + before || width < 4) return 1;
    if (rows < 2 || (target_height - 1 + before) / step + 1 >= rows || height < 2) return 1;
    for (int i = count; i < count + 8; i++) at_x[i] = at_y[i] = 0;
    for (int y = 0; y < target_height; y++) {
        float place = (y + before + 0.5f) / step;
        int above = (int)place;
        float part = place - above;
        const float *a = nodes + (size_t)above * columns * 2, *b = a + columns * 2;
        for (int i = 0; i < columns * 2; i++) row[i] = (a[i] + (b[i] - a[i]) * part) * scale + shift;
        spread(row, columns, step, at_x, at_y);
        sample(plane, stride, width, height, at_x, at_y, out, count);
        memcpy(target + (size_t)y * target_stride, out + before, (size_t)target_width);
    }
    return 0;
}
