/* A z-buffer rasteriser: smooth normals, one sun with a soft shadow map, one sky. Compiled on first use. */
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef float f;

static inline f clampf(f x, f a, f b) { return x < a ? a : x > b ? b : x; }

/* Vertex normals (n,3) as the sum of face normals, normalised. */
void normals(const f *v, int n, const int32_t *faces, int m, f *out) {
    memset(out, 0, sizeof(f) * 3 * n);
    for (int i = 0; i < m; i++) {
        const f *a = v + 3 * faces[3 * i], *b = v + 3 * faces[3 * i + 1], *c = v + 3 * faces[3 * i + 2];
        f p[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]}, q[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
        f k[3] = {p[1] * q[2] - p[2] * q[1], p[2] * q[0] - p[0] * q[2], p[0] * q[1] - p[1] * q[0]};
        for (int j = 0; j < 3; j++) for (int d = 0; d < 3; d++) out[3 * faces[3 * i + j] + d] += k[d];
    }
    for (int i = 0; i < n; i++) {
        f *k = out + 3 * i, s = sqrtf(k[0] * k[0] + k[1] * k[1] + k[2] * k[2]) + 1e-12f;
        k[0] /= s; k[1] /= s; k[2] /= s;
    }
}

/* Depth map of the triangles: xyz (n,3) with x, y in cells and z the depth; keeps the smallest. */
void depth_map(const f *p, const int32_t *faces, int m, int w, int h, f *map) {
    for (int i = 0; i < m; i++) {
        const f *a = p + 3 * faces[3 * i], *b = p + 3 * faces[3 * i + 1], *c = p + 3 * faces[3 * i + 2];
        f area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        if (fabsf(area) < 1e-9f) continue;
        int x0 = (int)clampf(floorf(fminf(a[0], fminf(b[0], c[0]))), 0, w), x1 = (int)clampf(ceilf(fmaxf(a[0], fmaxf(b[0], c[0]))), -1, w - 1);
        int y0 = (int)clampf(floorf(fminf(a[1], fminf(b[1], c[1]))), 0, h), y1 = (int)clampf(ceilf(fmaxf(a[1], fmaxf(b[1], c[1]))), -1, h - 1);
        for (int y = y0; y <= y1; y++) for (int x = x0; x <= x1; x++) {
            f u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area;
            f s = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area, t = 1 - u - s;
            if (u < -1e-4f || s < -1e-4f || t < -1e-4f) continue;
            f z = u * a[2] + s * b[2] + t * c[2];
            if (z < map[y * w + x]) map[y * w + x] = z;
        }
    }
}

/* Share of light that reaches a point: 5x5 cells of the shadow map. light: 3x4 rows to cells and depth. */
static f lit(const f *light, const f *map, int w, int h, f X, f Y, f Z, f bias) {
    f x = light[0] * X + light[1] * Y + light[2] * Z + light[3];
    f y = light[4] * X + light[5] * Y + light[6] * Z + light[7];
    f z = light[8] * X + light[9] * Y + light[10] * Z + light[11] - bias;
    if (x < 3 || y < 3 || x > w - 4 || y > h - 4) return 1;
    int ix = (int)x, iy = (int)y;
    const f *at = map + iy * w + ix; /* nothing near: full light, without the 36 looks */
    if (at[0] > 1e8f && at[-2 - 2 * w] > 1e8f && at[3 - 2 * w] > 1e8f && at[-2 + 3 * w] > 1e8f && at[3 + 3 * w] > 1e8f) return 1;
    f fx = x - ix, fy = y - iy, sum = 0;
    for (int j = -2; j <= 3; j++) for (int i = -2; i <= 3; i++) {
        f weight = (i == -2 ? 1 - fx : i == 3 ? fx : 1) * (j == -2 ? 1 - fy : j == 3 ? fy : 1);
        sum += weight * (map[(iy + j) * w + ix + i] > z);
    }
    return sum / 25;
}

/* Paint triangles over image (h,w,3, linear light) where nearer than depth (h,w: 1/distance, larger is nearer).
   screen (n,3): x, y px and 1/distance. world, normal, albedo (n,3). sun: direction to it (3), its colour (3),
   sky colour (3), ground colour (3), glow colour (3). where: optional (h,w,3) world position, normal: (h,w,3). */
void paint(const f *screen, const f *world, const f *normal, const f *albedo, const f *gloss, const int32_t *faces, int m,
           const f *sun, const f *eye, const f *light, const f *map, int mw, int mh, f *image, f *depth, int w, int h,
           f *where, f *facing) {
    for (int i = 0; i < m; i++) {
        int ia = faces[3 * i], ib = faces[3 * i + 1], ic = faces[3 * i + 2];
        const f *a = screen + 3 * ia, *b = screen + 3 * ib, *c = screen + 3 * ic;
        if (a[2] <= 0 || b[2] <= 0 || c[2] <= 0) continue;
        f area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        if (fabsf(area) < 1e-9f) continue;
        int x0 = (int)clampf(ceilf(fminf(a[0], fminf(b[0], c[0]))), 0, w), x1 = (int)clampf(floorf(fmaxf(a[0], fmaxf(b[0], c[0]))), -1, w - 1);
        int y0 = (int)clampf(ceilf(fminf(a[1], fminf(b[1], c[1]))), 0, h), y1 = (int)clampf(floorf(fmaxf(a[1], fmaxf(b[1], c[1]))), -1, h - 1);
        for (int y = y0; y <= y1; y++) for (int x = x0; x <= x1; x++) {
            f u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area;
            f s = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area, t = 1 - u - s;
            if (u < 0 || s < 0 || t < 0) continue;
            f inv = u * a[2] + s * b[2] + t * c[2];
            int at = y * w + x;
            if (inv <= depth[at]) continue;
            depth[at] = inv;
            u *= a[2] / inv; s *= b[2] / inv; t *= c[2] / inv; /* perspective-correct weights */
            f n[3], p[3], col[3];
            for (int d = 0; d < 3; d++) {
                n[d] = u * normal[3 * ia + d] + s * normal[3 * ib + d] + t * normal[3 * ic + d];
                p[d] = u * world[3 * ia + d] + s * world[3 * ib + d] + t * world[3 * ic + d];
                col[d] = u * albedo[3 * ia + d] + s * albedo[3 * ib + d] + t * albedo[3 * ic + d];
            }
            f l = 1 / (sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]) + 1e-9f);
            for (int d = 0; d < 3; d++) n[d] *= l;
            f v[3] = {eye[0] - p[0], eye[1] - p[1], eye[2] - p[2]};
            l = 1 / sqrtf(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
            for (int d = 0; d < 3; d++) v[d] *= l;
            f nv = n[0] * v[0] + n[1] * v[1] + n[2] * v[2];
            if (nv < 0) { for (int d = 0; d < 3; d++) n[d] = -n[d]; nv = -nv; } /* thin cloth has two sides */
            f nl = n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2];
            f shade = nl > 0 && map ? lit(light, map, mw, mh, p[0] + .006f * n[0], p[1] + .006f * n[1], p[2] + .006f * n[2], .008f) : 1;
            f up = .5f + .5f * n[1], key = clampf(nl, 0, 1) * shade;
            f hv[3] = {sun[0] + v[0], sun[1] + v[1], sun[2] + v[2]};
            f hl = sqrtf(hv[0] * hv[0] + hv[1] * hv[1] + hv[2] * hv[2]) + 1e-9f;
            f nh = clampf((n[0] * hv[0] + n[1] * hv[1] + n[2] * hv[2]) / hl, 0, 1);
            f g = u * gloss[ia] + s * gloss[ib] + t * gloss[ic];
            f spec = g * powf(nh, 24) * shade * (nl > 0), rim = (1 - nv) * (1 - nv) * (1 - nv) * .12f;
            for (int d = 0; d < 3; d++)
                image[3 * at + d] = col[d] * (sun[3 + d] * key + sun[6 + d] * (up + rim) + sun[9 + d] * (1 - up)) + spec * sun[3 + d];
            if (where) for (int d = 0; d < 3; d++) { where[3 * at + d] = p[d]; facing[3 * at + d] = n[d]; }
        }
    }
}

/* Darken a finished background where the runner keeps the sun off. where, facing as paint left them. */
void shadow(const f *where, const f *facing, const f *sun, const f *light, const f *map, int mw, int mh, int w, int h,
            f strength, const f *from, f *image) {
    for (int i = 0; i < w * h; i++) {
        const f *p = where + 3 * i, *n = facing + 3 * i;
        for (int d = 0; d < 3; d++) image[3 * i + d] = from[3 * i + d];
        if (n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2] <= 0) continue;
        f s = lit(light, map, mw, mh, p[0], p[1], p[2], .004f);
        if (s < 1) { f k = 1 - strength * (1 - s); for (int d = 0; d < 3; d++) image[3 * i + d] *= k; }
    }
}
