// What the maps of Rongtu add to Leaflet. Read once with the base map; the groups that change call into it.
(function () {
  "use strict";
  if (window.rongtu) return;

  function element(className, html) {
    var box = L.DomUtil.create("div", className);
    box.innerHTML = html;
    L.DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;
  }

  function control(map, position, className, html) {
    var c = L.control({ position: position });
    c.onAdd = function () { return element(className, html); };
    c.addTo(map);
    return c.getContainer();
  }

  // Labels come in order of importance. One that would lie on an earlier one moves aside, and where there is no room
  // it is hidden until there is; those with a rank chip try harder.
  function declutter(map) {
    var taken = [];
    map.getContainer().querySelectorAll(".rt-label").forEach(function (label) {
      label.classList.remove("off");
      label.style.marginLeft = label.style.marginTop = "0";
      var b = label.getBoundingClientRect(), w = b.width / 2 + 8, h = b.height;
      var moves = [[0, 0], [0, 8 - h], [0, h / 2]];
      if (label.dataset.other) {  // the middle of the area, where the name stands at the seat
        var to = map.latLngToContainerPoint(label.dataset.other.split(","));
        var from = map.latLngToContainerPoint(label.dataset.at.split(","));
        moves.push([to.x - from.x, to.y - from.y - h / 2 - label.offsetTop]);
      }
      if (label.querySelector("em")) moves.push([w, 0], [-w, 0], [w, -h / 2], [-w, -h / 2], [w, h / 2], [-w, h / 2], [0, -1.6 * h]);
      var free = moves.find(function (m) {
        return !taken.some(function (t) {
          return b.left + m[0] < t.right && b.right + m[0] > t.left && b.top + m[1] < t.bottom - 2 && b.bottom + m[1] > t.top + 2;
        });
      });
      if (!free) { label.classList.add("off"); return; }
      label.style.marginLeft = free[0] + "px";
      label.style.marginTop = free[1] + "px";
      taken.push({ left: b.left + free[0], right: b.right + free[0], top: b.top + free[1], bottom: b.bottom + free[1] });
    });
  }

  // Legend and tag hide no part of the region where that costs little: a seventh of the scale at most.
  function fit(map, bounds) {
    var size = map.getSize(), small = size.x < 480;
    if (size.x < 100 || size.y < 120) return;  // not laid out yet: Leaflet would zoom to NaN and stay there
    var legend = map.getContainer().querySelector(".rt-legend");
    var topLeft = L.point(small ? [8, 8] : [58, 16]), near = L.point(small ? [8, 30] : [58, 24]);
    // Without its style sheet the legend is as wide as the map; padding beyond the map makes Leaflet zoom to infinity.
    var clear = small ? L.point(8, 68) : L.point(Math.min(legend ? legend.offsetWidth : 0, size.x / 3) + 24, 24);
    var box = L.latLngBounds(bounds);
    var loss = map.getBoundsZoom(box, false, topLeft.add(near)) - map.getBoundsZoom(box, false, topLeft.add(clear));
    map.fitBounds(box, { paddingTopLeft: topLeft, paddingBottomRight: loss < 0.22 ? clear : near, animate: false });
  }

  // The frame is laid out, styled and resized while the map is made, and not always in the same order. Until a person
  // takes hold of the map it is looked at again a few times, and fitted once more where that went wrong.
  function settle(map) {
    var state = map.rongtu, box = state.focus || state.config.bounds;
    if (state.touched) return;
    map.invalidateSize({ animate: false });
    if (Math.abs(map.getZoom() - map.getBoundsZoom(L.latLngBounds(box))) <= 1.5) return;  // false for NaN as well
    fit(map, box);
    declutter(map);
  }

  window.rongtu = {
    furnish: function (map, config) {
      var state = map.rongtu = { config: config, focus: null, hidden: new Set() };
      var small = window.innerWidth < 480;
      Object.keys(config.panes).forEach(function (name) {
        map.createPane(name).style.zIndex = config.panes[name];
      });
      map.getPane("labels").style.pointerEvents = "none";
      // Leaflet's own click counter starts at 0, which the page would take for news and run again.
      if (window.__GLOBAL_DATA__) window.__GLOBAL_DATA__.last_object_clicked_count = null;
      map.attributionControl.setPrefix(false);
      if (config.attribution) map.attributionControl.addAttribution(config.attribution); else map.attributionControl.remove();
      control(map, "topright", "rt-box rt-north",
        '<svg width="14" height="18" viewBox="0 0 14 18" aria-hidden="true"><path d="M7 0 13 17 7 13 1 17z" fill="#1E2A2E"/></svg>N');
      L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 90 }).addTo(map);
      control(map, "bottomleft", "rt-box rt-tag", config.tag);
      var legend = control(map, "bottomright", "rt-box rt-legend",
        "<details" + (small ? "" : " open") + "><summary></summary><div></div></details>");
      legend.querySelector("summary").textContent = config.legendTitle;
      state.legend = legend.querySelector("details > div");
      // A person's choice of layers outlives the redrawing of the groups, which makes a new control each time.
      map.getContainer().addEventListener("change", function (event) {
        if (!event.target.matches(".leaflet-control-layers-selector")) return;
        var name = event.target.closest("label").textContent.trim();
        if (event.target.checked) state.hidden.delete(name); else state.hidden.add(name);
      });
      map.on("zoomend layeradd", L.Util.throttle(function () {
        L.Util.cancelAnimFrame(state.frame);
        state.frame = L.Util.requestAnimFrame(function () { declutter(map); });
      }, 60));
      var refit = function () {
        map.invalidateSize({ animate: false });
        fit(map, state.focus || config.bounds);
        declutter(map);
      };
      refit();
      ["pointerdown", "wheel", "keydown"].forEach(function (kind) {
        map.getContainer().addEventListener(kind, function () { state.touched = true; }, { capture: true, passive: true });
      });
      [100, 400, 1200, 3000, 6000].forEach(function (wait) { setTimeout(function () { settle(map); }, wait); });
      document.querySelectorAll('link[rel="stylesheet"]').forEach(function (sheet) { sheet.addEventListener("load", refit); });
      // The frame gets its height from the page's style sheet after the map is made.
      var width = 0, height = 0;
      new ResizeObserver(function () {
        var size = map.getContainer().getBoundingClientRect();
        if (Math.abs(size.width - width) < 1 && Math.abs(size.height - height) < 1) return;
        width = size.width; height = size.height;
        refit();
      }).observe(map.getContainer());
    },

    shapes: function (group, features, options) {
      var layer = L.geoJSON(features, {
        pane: options.pane,
        interactive: options.interactive,
        style: function (f) {
          var style = Object.assign({}, options.style, f.properties.style);
          if (style.radius && window.innerWidth < 480) style.radius *= 0.75;
          return style;
        },
        pointToLayer: function (f, at) {
          return L.circleMarker(at, { pane: options.pane, interactive: options.interactive });
        },
        onEachFeature: function (f, shape) {
          if (f.properties.tip) shape.bindTooltip(f.properties.tip, { sticky: true, direction: "top", offset: [0, -6] });
          if (!options.hover) return;
          shape.on("mouseover", function () { shape.setStyle(options.hover); shape.bringToFront(); });
          shape.on("mouseout", function () { layer.resetStyle(shape); });
        }
      });
      layer.addTo(group);
    },

    signs: function (group, signs, pane) {
      signs.forEach(function (s) {
        var marker = L.marker([s.lat, s.lng], {
          pane: pane, keyboard: false, zIndexOffset: s.z || 0, draggable: Boolean(s.drag),
          bubblingMouseEvents: true,  // the map's click as well
          icon: L.divIcon({ className: "rt-sign", html: s.html, iconSize: [s.size, s.size], iconAnchor: [s.size / 2, s.size / 2] })
        });
        // What a click gives back: a sign stands for the township that it lies in.
        marker.feature = { type: "Feature", properties: s.place || {} };
        // A sign that was dragged gives back where to, as if a place had been clicked there.
        marker.on("dragend", function () {
          var at = marker.getLatLng();
          marker.feature = { type: "Feature", properties: { kind: "dragged", code: [s.place.code, at.lng.toFixed(6), at.lat.toFixed(6)].join("@") } };
          marker.fire("click", { latlng: at }, true);
        });
        marker.bindTooltip(s.tip, { direction: "top", offset: [0, -s.size / 2] }).addTo(group);
      });
    },

    labels: function (group, labels) {
      labels.forEach(function (l) {
        L.marker([l.lat, l.lng], {
          pane: "labels", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "rt-label-anchor", iconSize: [0, 0], html: '<div class="rt-label ' + (l.dark ? "dark" : "") + '" style="top:' + (l.drop || 0) + 'px" data-at="' + l.lat + "," + l.lng +
              '" data-other="' + (l.other || "") + '">' + l.html + "</div>" })
        }).addTo(group);
      });
    },

    // The frame outlives the page's views, and some of them want to know of every click.
    answers: function (group, names) {
      var data = window.__GLOBAL_DATA__;
      if (!data) return;
      var asked = (data.returned_objects || []).includes("last_clicked");
      if (names.includes("last_clicked") && !asked) data.lat_lng_clicked = null;  // a click from before was no answer
      data.returned_objects = names;
    },

    // The last group calls this: every group is on the map by then.
    show: function (map, view, groups) {
      var state = map.rongtu;
      state.legend.innerHTML = view.legend;
      groups.forEach(function (entry) { if (state.hidden.has(entry[0])) map.removeLayer(entry[1]); });
      if (view.key !== state.key) {
        state.key = view.key;
        state.focus = view.focus;
        fit(map, view.focus || state.config.bounds);
      }
      L.Util.requestAnimFrame(function () { declutter(map); });
    }
  };
})();
