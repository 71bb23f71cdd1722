// Every household as a dot: typed arrays drawn on one canvas, and a grid to find what lies under the pointer.
(function () {
  "use strict";
  if (window.rongtu.points) return;

  var NEAR = 9, NEAR_FINGER = 18;  // pixels

  // The answer of /api/households/points; places become shares of the world's width, as Leaflet's zoom 0 has them.
  function unpack(buffer, breaks) {
    var size = new DataView(buffer).getUint32(0, true), at = 4 + size;
    var head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size))), n = head.count;
    function column(Kind) {
      var values = new Kind(buffer, at, n);
      at += n * Kind.BYTES_PER_ELEMENT;
      return values;
    }
    var lng = column(Int32Array), lat = column(Int32Array);
    var data = {
      n: n, none: head.none, facilities: head.facilities, statuses: head.statuses,
      tenths: column(Uint16Array), facility: column(Uint16Array), status: column(Uint8Array),
      x: new Float64Array(n), y: new Float64Array(n), kind: new Uint8Array(n)
    };
    for (var i = 0; i < n; i++) {
      var s = Math.sin(Math.max(Math.min(lat[i] / head.per_degree, 85.05), -85.05) * Math.PI / 180);
      data.x[i] = lng[i] / head.per_degree / 360 + 0.5;
      data.y[i] = 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
      // Signs: one for each class of minutes, then one for each status but the first.
      var k = data.status[i] ? breaks.length + data.status[i] : 0;
      if (!data.status[i]) while (k < breaks.length && data.tenths[i] > breaks[k] * 10) k++;
      data.kind[i] = k;
    }
    data.order = ranked(data, breaks.length + head.statuses.length);
    data.grid = grid(data);
    return data;
  }

  // Those of uncertain place below, then the near, and on top the far and those without a way: nothing hides them.
  function ranked(data, kinds) {
    var start = new Int32Array(kinds + 2), order = new Uint32Array(data.n), i;
    function rank(i) { return (data.kind[i] + 1) % kinds; }
    for (i = 0; i < data.n; i++) start[rank(i) + 1]++;
    for (i = 0; i < kinds; i++) start[i + 1] += start[i];
    for (i = 0; i < data.n; i++) order[start[rank(i)]++] = i;
    return order;
  }

  function grid(data) {
    var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity, i;
    for (i = 0; i < data.n; i++) {
      west = Math.min(west, data.x[i]); east = Math.max(east, data.x[i]);
      north = Math.min(north, data.y[i]); south = Math.max(south, data.y[i]);
    }
    var side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(data.n))));
    var cell = Math.max(east - west, south - north, 1e-9) / side * 1.000001;
    var g = { west: west, north: north, cell: cell, side: side };
    g.first = new Uint32Array(side * side + 1);
    g.members = new Uint32Array(data.n);
    var where = new Uint32Array(data.n);
    for (i = 0; i < data.n; i++) {
      where[i] = Math.floor((data.y[i] - north) / cell) * side + Math.floor((data.x[i] - west) / cell);
      g.first[where[i] + 1]++;
    }
    for (i = 0; i < side * side; i++) g.first[i + 1] += g.first[i];
    var next = g.first.slice();
    for (i = 0; i < data.n; i++) g.members[next[where[i]]++] = i;
    return g;
  }

  // The point nearest to a place of the world within a distance, -1 where there is none.
  function nearest(data, x, y, within) {
    var g = data.grid, best = -1, least = within * within;
    function bound(v, from) { return Math.max(0, Math.min(g.side - 1, Math.floor((v - from) / g.cell))); }
    var left = bound(x - within, g.west), right = bound(x + within, g.west);
    for (var row = bound(y - within, g.north); row <= bound(y + within, g.north); row++) {
      for (var k = g.first[row * g.side + left]; k < g.first[row * g.side + right + 1]; k++) {
        var i = g.members[k], dx = data.x[i] - x, dy = data.y[i] - y, d = dx * dx + dy * dy;
        if (d <= least) { least = d; best = i; }
      }
    }
    return best;
  }

  // A sign drawn once for a size of dot: its pixels, to be copied for each household.
  function stamp(sign, radius, ratio) {
    var half = Math.ceil((radius + 2) * ratio), canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * half;
    var c = canvas.getContext("2d"), r = radius;
    c.translate(half, half);
    c.scale(ratio, ratio);
    c.beginPath();
    if (sign.shape === "cross") { r += 0.8; c.moveTo(-r, -r); c.lineTo(r, r); c.moveTo(r, -r); c.lineTo(-r, r); }
    else if (sign.shape === "square") c.rect(-r, -r, 2 * r, 2 * r);
    else c.arc(0, 0, r, 0, 2 * Math.PI);
    c.strokeStyle = "#fff";
    c.lineWidth = sign.shape === "dot" ? 1 : 3;
    c.stroke();
    if (sign.shape === "dot") { c.fillStyle = sign.colour; c.fill(); }
    else { c.strokeStyle = sign.colour; c.lineWidth = 1.4; c.stroke(); }
    var colours = new Uint32Array(c.getImageData(0, 0, canvas.width, canvas.width).data.buffer);
    var s = { half: half, x: [], y: [], colour: [] };
    colours.forEach(function (colour, k) {
      if (colour >>> 24 < 8) return;
      s.x.push(k % canvas.width - s.half);
      s.y.push(Math.floor(k / canvas.width) - s.half);
      s.colour.push(colour);
    });
    return s;
  }

  // A pixel (alpha, blue, green, red) laid over another.
  function over(below, above) {
    var share = (above >>> 24) / 255, alpha = Math.max(below >>> 24, above >>> 24);
    function mix(shift) {
      var from = below >>> shift & 255;
      return Math.round(from + ((above >>> shift & 255) - from) * share) << shift;
    }
    return (alpha << 24 | mix(16) | mix(8) | mix(0)) >>> 0;
  }

  var Points = L.Renderer.extend({
    options: { padding: 0.25, pane: "points" },

    initialize: function (options) {
      L.setOptions(this, options);
      L.stamp(this);
      this._layers = {};
      this._tip = L.tooltip({ direction: "top", offset: [0, -5], className: "rt-point-tip" });
      this._tap = this._tap.bind(this);
    },

    getEvents: function () {
      return Object.assign(L.Renderer.prototype.getEvents.call(this), { mousemove: this._hover, mouseout: this._leave });
    },

    onAdd: function (map) {
      var self = this, known = map.rongtu.points;
      L.Renderer.prototype.onAdd.call(this, map);
      map.getContainer().addEventListener("click", this._tap, true);
      // The layer is made anew whenever the page runs; the answer is asked for once.
      if (!known || known.key !== this.options.key) {
        known = map.rongtu.points = { key: this.options.key, answer: ask(this.options) };
        known.answer.catch(function () { if (map.rongtu.points === known) map.rongtu.points = null; });
      }
      this._say(this.options.words.loading);
      known.answer.then(function (data) {
        if (!self._map) return;
        self._data = data;
        self._say("");
        self._update();
      }, function () { if (self._map) self._say(self.options.words.failed); });
    },

    onRemove: function (map) {
      L.Renderer.prototype.onRemove.call(this, map);
      map.getContainer().removeEventListener("click", this._tap, true);
      this._say("");
      this._leave();
    },

    _initContainer: function () { this._container = L.DomUtil.create("canvas", "rt-points"); },
    _destroyContainer: function () { L.DomUtil.remove(this._container); delete this._container; },
    _updatePaths: L.Util.falseFn,

    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      var size = this._bounds.getSize(), ratio = window.devicePixelRatio || 1, canvas = this._container;
      L.DomUtil.setPosition(canvas, this._bounds.min);
      canvas.width = Math.round(size.x * ratio);
      canvas.height = Math.round(size.y * ratio);
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      if (this._data) this._draw(canvas.getContext("2d"), ratio);
    },

    _draw: function (context, ratio) {
      var data = this._data, map = this._map, zoom = map.getZoom(), world = 256 * Math.pow(2, zoom);
      var whole = map.getBoundsZoom(map.rongtu.config.bounds), radius = Math.max(1.8, Math.min(6, 1.8 + 0.6 * (zoom - whole)));
      var stamps = this.options.signs.map(function (sign) { return stamp(sign, radius, ratio); });
      var corner = this._bounds.min.add(map.getPixelOrigin()), width = context.canvas.width, height = context.canvas.height, shown = 0;
      // Pixel by pixel: twenty thousand calls of drawImage take ten times as long where no graphics card helps.
      var image = context.createImageData(width, height), pixels = new Uint32Array(image.data.buffer);
      for (var k = 0; k < data.n; k++) {
        var i = data.order[k], s = stamps[data.kind[i]];
        var x = Math.round((data.x[i] * world - corner.x) * ratio), y = Math.round((data.y[i] * world - corner.y) * ratio);
        if (x < -s.half || y < -s.half || x > width + s.half || y > height + s.half) continue;
        for (var p = 0; p < s.colour.length; p++) {
          var px = x + s.x[p], py = y + s.y[p];
          if (px < 0 || py < 0 || px >= width || py >= height) continue;
          var at = py * width + px, colour = s.colour[p];
          pixels[at] = colour >>> 24 === 255 || !pixels[at] ? colour : over(pixels[at], colour);
        }
        shown++;
      }
      context.putImageData(image, 0, 0);
      this._container.dataset.shown = shown;
    },

    _under: function (at, within) {  // a point of the frame
      var map = this._map, world = 256 * Math.pow(2, map.getZoom());
      var place = map.containerPointToLayerPoint(at).add(map.getPixelOrigin());
      return this._data ? nearest(this._data, place.x / world, place.y / world, within / world) : -1;
    },

    _hover: function (event) {
      var self = this;
      this._at = event.containerPoint;
      if (this._asked) return;
      this._asked = L.Util.requestAnimFrame(function () {
        self._asked = null;
        if (self._map && self._at) self._show(self._under(self._at, NEAR));
      });
    },

    _tap: function (event) {
      if (event.pointerType !== "touch" || event.target.closest(".leaflet-control")) return;
      var found = this._under(this._map.mouseEventToContainerPoint(event), NEAR_FINGER);
      this._show(found);
      if (found >= 0) event.stopPropagation();  // a finger on a dot asks about the dot, not about the area below
    },

    _leave: function () {
      this._at = null;
      this._show(-1);
    },

    _show: function (i) {
      var map = this._map || this._tip._map;
      if (!map) return;
      map.getContainer().classList.toggle("rt-over-point", i >= 0);
      if (i < 0) { this._tip.remove(); return; }
      var words = this.options.words, data = this._data, said = document.createElement("div");
      var status = data.statuses[data.status[i]], parts = status === "timed" ? [] : [words[status]];
      if (data.tenths[i] !== data.none) {
        parts.push(words.minutes.replace("{n}", (data.tenths[i] / 10).toFixed(1)));
        if (data.facility[i] !== data.none) parts.push(data.facilities[data.facility[i]]);
      }
      said.textContent = parts.join(" · ");
      var world = map.options.crs.scale(0);
      this._tip.setContent(said).setLatLng(map.unproject([data.x[i] * world, data.y[i] * world], 0));
      if (!map.hasLayer(this._tip)) this._tip.addTo(map);
    },

    _say: function (text) {
      var map = this._map || {}, box = this._notice;
      if (box) { box.remove(); this._notice = null; }
      if (!text || !map.getContainer) return;
      this._notice = L.DomUtil.create("div", "rt-box rt-notice", map.getContainer());
      this._notice.textContent = text;
    }
  });

  function ask(options) {
    return fetch(options.address, { cache: "no-store" }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.arrayBuffer();
    }).then(function (buffer) { return unpack(buffer, options.breaks); });
  }

  window.rongtu.points = function (group, options) { group.addLayer(new Points(options)); };
})();
