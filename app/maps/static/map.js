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

  // Labels come in order of importance: one that would lie on an earlier one is hidden until there is room.
  function declutter(map) {
    var taken = [];
    map.getContainer().querySelectorAll(".rt-label").forEach(function (label) {
      label.classList.remove("off");
      var b = label.getBoundingClientRect();
      var meets = taken.some(function (t) {
        return b.left < t.right - 2 && b.right > t.left + 2 && b.top < t.bottom - 2 && b.bottom > t.top + 2;
      });
      if (meets) label.classList.add("off"); else taken.push(b);
    });
  }

  function fit(map, bounds) {
    var small = map.getSize().x < 480;
    map.fitBounds(bounds, {
      paddingTopLeft: small ? [6, 6] : [56, 14],
      paddingBottomRight: small ? [6, 30] : [56, 22],
      animate: false
    });
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
        style: function (f) { return Object.assign({}, options.style, f.properties.style); },
        pointToLayer: function (f, at) { return L.circleMarker(at, { pane: options.pane, interactive: options.interactive }); },
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
        L.marker([s.lat, s.lng], {
          pane: pane, keyboard: false, zIndexOffset: s.z || 0,
          icon: L.divIcon({ className: "rt-sign", html: s.html, iconSize: [s.size, s.size], iconAnchor: [s.size / 2, s.size / 2] })
        }).bindTooltip(s.tip, { direction: "top", offset: [0, -s.size / 2] }).addTo(group);
      });
    },

    labels: function (group, labels) {
      labels.forEach(function (l) {
        L.marker([l.lat, l.lng], {
          pane: "labels", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "rt-label-anchor", iconSize: [0, 0], html: '<div class="rt-label ' + (l.dark ? "dark" : "") + '" style="top:' + (l.drop || 0) + 'px">' + l.html + "</div>" })
        }).addTo(group);
      });
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
